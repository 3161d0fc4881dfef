using System.Globalization;
using System.Net;
using BillionHearts.Notifications.Errors;
using BillionHearts.Notifications.Events;
using BillionHearts.ServiceDefaults.Access;
using BillionHearts.ServiceDefaults.Errors;
using Microsoft.Extensions.Primitives;

namespace BillionHearts.Notifications.Users;

/// <summary>Knows which users exist, and who may hear of what happens to their images. The api owns them; what it once said yes to is remembered, so that most streams open without it.</summary>
internal sealed partial class UserDirectory(
    IHttpClientFactory clients, UserCache cache, AccessMode access, IServiceScopeFactory scopes, TimeProvider clock, ILogger<UserDirectory> logger)
{
    public const string ClientName = "api";

    private static readonly TimeSpan s_timeout = TimeSpan.FromSeconds(2);

    /// <summary>Why a stream of the user's events may not open for who sent these credentials, or <see langword="null"/>.</summary>
    /// <param name="authorization">The request's Authorization header. With one, and where there must be one, the api is always asked: it judges tokens.</param>
    /// <exception cref="UsersUnavailableException">The api does not say.</exception>
    public async Task<Problem?> JudgeAsync(long userId, StringValues authorization, CancellationToken cancellationToken)
    {
        var needsApi = access.RequiresTokens || authorization.Count > 0;

        if (!needsApi && (cache.Contains(userId) || await HasEventsAsync(userId, cancellationToken)))
        {
            cache.Add(userId);
            return null;
        }

        var refusal = authorization.Count > 1 ? AccessProblems.TwoCredentials : await AskApiAsync(userId, authorization, cancellationToken);

        if (refusal is null && !needsApi)
        {
            cache.Add(userId);
        }

        return refusal;
    }

    private async Task<bool> HasEventsAsync(long userId, CancellationToken cancellationToken)
    {
        await using var scope = scopes.CreateAsyncScope();

        return await scope.ServiceProvider.GetRequiredService<EventStore>().LatestAsync(userId, cancellationToken) is not null;
    }

    private async Task<Problem?> AskApiAsync(long userId, StringValues authorization, CancellationToken cancellationToken)
    {
        // Shorter than the client's own patience of half a minute: somebody waits for this answer.
        using var limit = new CancellationTokenSource(s_timeout, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);

        try
        {
            using var client = clients.CreateClient(ClientName);
            using var request = new HttpRequestMessage(
                HttpMethod.Get, new Uri($"internal/users/{userId.ToString(CultureInfo.InvariantCulture)}", UriKind.Relative));

            if (authorization is [{ } credentials])
            {
                // As it came: what is wrong with it is for the api to say.
                request.Headers.TryAddWithoutValidation("Authorization", credentials);
            }

            using var response = await client.SendAsync(request, either.Token);

            return response.StatusCode switch
            {
                HttpStatusCode.OK => null,
                HttpStatusCode.NotFound => Problems.UserNotFound,
                HttpStatusCode.Unauthorized => authorization.Count is 0 ? AccessProblems.NotAuthenticated : AccessProblems.InvalidToken,
                HttpStatusCode.Forbidden => AccessProblems.NotOwner,
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
