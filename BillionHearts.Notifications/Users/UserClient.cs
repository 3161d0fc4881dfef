using System.Globalization;
using System.Net;
using System.Text.Json;
using System.Text.Json.Serialization;
using BillionHearts.Notifications.Errors;
using BillionHearts.ServiceDefaults.Errors;
using Microsoft.Extensions.Primitives;

namespace BillionHearts.Notifications.Users;

/// <summary>Asks the api, which owns users and checks credentials.</summary>
internal sealed partial class UserClient(IHttpClientFactory clients, TimeProvider clock, ILogger<UserClient> logger)
{
    public const string Name = "api";

    public const int MaxHolders = 500;

    private static readonly TimeSpan s_timeout = TimeSpan.FromSeconds(2);

    private static readonly JsonSerializerOptions s_json = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };

    /// <summary>Whose the credentials are, and what they allow, if the user exists and the caller may see it.</summary>
    /// <param name="authorization">None, or one well-formed header.</param>
    /// <exception cref="UsersUnavailableException">The api does not answer.</exception>
    public Task<Judgement> JudgeAsync(long userId, StringValues authorization, CancellationToken cancellationToken) => CallAsync(
        async (client, cancel) =>
        {
            using var request = new HttpRequestMessage(
                HttpMethod.Get, new Uri($"internal/users/{userId.ToString(CultureInfo.InvariantCulture)}", UriKind.Relative));

            if (authorization is [{ } credentials])
            {
                // Passed on unchanged: whether it is valid is for the api to say.
                request.Headers.TryAddWithoutValidation("Authorization", credentials);
            }

            using var response = await client.SendAsync(request, cancel);

            if (FindRefusal(response, hasCredentials: authorization.Count > 0) is { } refusal)
            {
                return (Judgement)refusal;
            }

            var user = await response.Content.ReadFromJsonAsync<JudgedUser>(s_json, cancel);
            return new Verdict(new Holder(userId, user?.KeyId), user?.Scopes ?? [], user?.ExpiresAt);
        },
        cancellationToken);

    /// <summary>What has become of users and their keys.</summary>
    /// <param name="holders">At most <see cref="MaxHolders"/>.</param>
    /// <returns>In the same order.</returns>
    /// <exception cref="UsersUnavailableException">The api does not answer.</exception>
    public Task<IReadOnlyList<HolderState>> StatesAsync(IReadOnlyList<Holder> holders, CancellationToken cancellationToken) => CallAsync<IReadOnlyList<HolderState>>(
        async (client, cancel) =>
        {
            using var response = await client.PostAsJsonAsync(new Uri("internal/holders", UriKind.Relative), new Holders(holders), s_json, cancel);
            response.EnsureSuccessStatusCode();
            var answer = await response.Content.ReadFromJsonAsync<States>(s_json, cancel);

            return answer?.Holders is { } states && states.Count == holders.Count
                ? [.. states.Select(state => Enum.Parse<HolderState>(state, ignoreCase: true))]
                : throw new HttpRequestException($"The api answered about {answer?.Holders?.Count ?? 0} of {holders.Count} holders.");
        },
        cancellationToken);

    private async Task<T> CallAsync<T>(Func<HttpClient, CancellationToken, Task<T>> call, CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(s_timeout, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);

        try
        {
            using var client = clients.CreateClient(Name);

            return await call(client, either.Token);
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
        {
            Log.NotAnswered(logger, limit.IsCancellationRequested ? $"no answer within {s_timeout.TotalSeconds} s" : exception.GetBaseException().Message);

            throw new UsersUnavailableException(exception);
        }
    }

    private static Problem? FindRefusal(HttpResponseMessage response, bool hasCredentials) => response.StatusCode switch
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

    private sealed record JudgedUser(long? KeyId, IReadOnlyList<string>? Scopes, DateTimeOffset? ExpiresAt);

    private sealed record Holders([property: JsonPropertyName("holders")] IReadOnlyList<Holder> List);

    private sealed record States(IReadOnlyList<string> Holders);

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Warning, "The api did not answer whether a user exists: {Reason}")]
        public static partial void NotAnswered(ILogger logger, string reason);
    }
}

internal sealed class UsersUnavailableException(Exception innerException) : Exception("The api did not answer whether the user exists.", innerException);
