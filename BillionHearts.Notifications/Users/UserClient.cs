using System.Globalization;
using System.Net;
using BillionHearts.Notifications.Errors;
using BillionHearts.ServiceDefaults.Errors;
using Microsoft.Extensions.Primitives;

namespace BillionHearts.Notifications.Users;

/// <summary>Asks the api, which owns users and checks tokens, whether a caller may see a user.</summary>
internal sealed partial class UserClient(IHttpClientFactory clients, TimeProvider clock, ILogger<UserClient> logger)
{
    public const string Name = "api";

    private static readonly TimeSpan s_timeout = TimeSpan.FromSeconds(2);

    /// <param name="authorization">None, or one well-formed header.</param>
    /// <returns>The api's refusal, or <see langword="null"/> when the user exists and the caller may see it.</returns>
    /// <exception cref="UsersUnavailableException">The api does not answer.</exception>
    public async Task<Problem?> FindRefusalAsync(long userId, StringValues authorization, CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(s_timeout, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);

        try
        {
            using var client = clients.CreateClient(Name);
            using var request = new HttpRequestMessage(
                HttpMethod.Get, new Uri($"internal/users/{userId.ToString(CultureInfo.InvariantCulture)}", UriKind.Relative));

            if (authorization is [{ } credentials])
            {
                // Passed on unchanged: whether it is valid is for the api to say.
                request.Headers.TryAddWithoutValidation("Authorization", credentials);
            }

            using var response = await client.SendAsync(request, either.Token);

            return ReadAnswer(response, hasCredentials: authorization.Count > 0);
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
        {
            Log.NotAnswered(logger, limit.IsCancellationRequested ? $"no answer within {s_timeout.TotalSeconds} s" : exception.GetBaseException().Message);

            throw new UsersUnavailableException(exception);
        }
    }

    private static Problem? ReadAnswer(HttpResponseMessage response, bool hasCredentials) => response.StatusCode switch
    {
        HttpStatusCode.OK => null,
        HttpStatusCode.NotFound => Problems.UserNotFound,
        HttpStatusCode.Unauthorized => hasCredentials ? AccessProblems.InvalidToken : AccessProblems.NotAuthenticated,
        HttpStatusCode.Forbidden => AccessProblems.NotOwner,
        HttpStatusCode.TooManyRequests => Problems.TooManyRequests(response.Headers.RetryAfter?.Delta),
        // The credentials are all that the request has from the caller.
        HttpStatusCode.BadRequest or HttpStatusCode.RequestHeaderFieldsTooLarge when hasCredentials => AccessProblems.InvalidToken,
        var status => throw new HttpRequestException($"The api answered {(int)status}."),
    };

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Warning, "The api did not answer whether a user exists: {Reason}")]
        public static partial void NotAnswered(ILogger logger, string reason);
    }
}

internal sealed class UsersUnavailableException(Exception innerException) : Exception("The api did not answer whether the user exists.", innerException);
