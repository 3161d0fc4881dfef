using BillionHearts.Notifications.Events;
using BillionHearts.ServiceDefaults.Access;
using BillionHearts.ServiceDefaults.Errors;
using Microsoft.Extensions.Primitives;

namespace BillionHearts.Notifications.Users;

/// <summary>Decides who may receive a user's events. The api owns users; those it has confirmed are remembered, so most streams open without asking it.</summary>
internal sealed class UserDirectory(UserClient api, UserCache cache, AccessMode access, IServiceScopeFactory scopes)
{
    /// <summary>Finds why a stream of the user's events may not open for the sender of these credentials.</summary>
    /// <param name="authorization">The request's Authorization header. With one, and where tokens are required, the api is always asked: it checks tokens.</param>
    /// <returns><see langword="null"/> when the stream may open.</returns>
    /// <exception cref="UsersUnavailableException">The api does not answer.</exception>
    public async Task<Problem?> FindRefusalAsync(long userId, StringValues authorization, CancellationToken cancellationToken)
    {
        if (authorization.Count > 1)
        {
            return AccessProblems.TwoCredentials;
        }

        if (authorization.Count is 1 && !Credentials.AreWellFormed(authorization))
        {
            return AccessProblems.InvalidToken;
        }

        var needsApi = access.RequiresTokens || authorization.Count > 0;

        if (!needsApi && (cache.Contains(userId) || await HasEventsAsync(userId, cancellationToken)))
        {
            cache.Add(userId);
            return null;
        }

        var refusal = await api.FindRefusalAsync(userId, authorization, cancellationToken);

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
}
