using System.Globalization;
using System.Net;
using BillionHearts.Notifications.Events;

namespace BillionHearts.Notifications.Users;

/// <summary>Knows which users exist. The api owns them; what it once said yes to is remembered, so that most streams open without it.</summary>
internal sealed partial class UserDirectory(
    IHttpClientFactory clients, UserCache cache, IServiceScopeFactory scopes, TimeProvider clock, ILogger<UserDirectory> logger)
{
    public const string ClientName = "api";

    private static readonly TimeSpan s_timeout = TimeSpan.FromSeconds(2);

    /// <exception cref="UsersUnavailableException">The api does not say.</exception>
    public async Task<bool> ExistsAsync(long userId, CancellationToken cancellationToken)
    {
        var exists = cache.Contains(userId) || await HasEventsAsync(userId, cancellationToken) || await AskApiAsync(userId, cancellationToken);

        if (exists)
        {
            cache.Add(userId);
        }

        return exists;
    }

    private async Task<bool> HasEventsAsync(long userId, CancellationToken cancellationToken)
    {
        await using var scope = scopes.CreateAsyncScope();

        return await scope.ServiceProvider.GetRequiredService<EventStore>().LatestAsync(userId, cancellationToken) is not null;
    }

    private async Task<bool> AskApiAsync(long userId, CancellationToken cancellationToken)
    {
        // Shorter than the client's own patience of half a minute: somebody waits for this answer.
        using var limit = new CancellationTokenSource(s_timeout, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);

        try
        {
            using var client = clients.CreateClient(ClientName);
            using var response = await client.GetAsync(
                new Uri($"internal/users/{userId.ToString(CultureInfo.InvariantCulture)}", UriKind.Relative), either.Token);

            return response.StatusCode switch
            {
                HttpStatusCode.OK => true,
                HttpStatusCode.NotFound => false,
                var status => throw new HttpRequestException($"The api answered {(int)status}."),
            };
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
        {
            Log.Unanswered(logger, exception.GetBaseException().Message);

            throw new UsersUnavailableException(exception);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Warning, "The api does not say whether a user exists: {Reason}")]
        public static partial void Unanswered(ILogger logger, string reason);
    }
}

internal sealed class UsersUnavailableException(Exception innerException) : Exception("The api does not say whether the user exists.", innerException);
