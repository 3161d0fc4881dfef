using BillionHearts.Notifications.Events;
using BillionHearts.ServiceDefaults.Access;
using BillionHearts.ServiceDefaults.Errors;
using Microsoft.Extensions.Primitives;

namespace BillionHearts.Notifications.Users;

/// <summary>
/// Decides who may receive a user's events. The api owns users and judges credentials; its answers are remembered, so most requests need no call to it.
/// </summary>
internal sealed class UserDirectory(UserClient api, UserCache cache, VerdictCache verdicts, AccessMode access, IServiceScopeFactory scopes)
{
    /// <param name="authorization">The request's Authorization header.</param>
    /// <exception cref="UsersUnavailableException">The api does not answer, and has not judged these credentials lately.</exception>
    public async Task<Judgement> JudgeAsync(long userId, StringValues authorization, CancellationToken cancellationToken)
    {
        if (authorization.Count > 1)
        {
            return AccessProblems.TwoCredentials;
        }

        if (authorization.Count is 1 && !Credentials.AreWellFormed(authorization))
        {
            return AccessProblems.InvalidToken;
        }

        return authorization is [{ } credentials] ? await JudgeCredentialsAsync(userId, credentials, cancellationToken)
            : access.RequiresTokens ? AccessProblems.NotAuthenticated
            : await JudgeAnonymousAsync(userId, cancellationToken);
    }

    private async Task<Judgement> JudgeCredentialsAsync(long userId, string credentials, CancellationToken cancellationToken)
    {
        var known = verdicts.Find(userId, credentials);

        if (known is { IsFresh: true } fresh)
        {
            return fresh.Verdict;
        }

        try
        {
            var judgement = await api.JudgeAsync(userId, credentials, cancellationToken);

            if (judgement.Verdict is { } verdict)
            {
                verdicts.Add(credentials, verdict);
            }
            else if (judgement.Refusal is { Status: 401 or 403 or 404 })
            {
                verdicts.Remove(userId, credentials);
            }

            return judgement;
        }
        catch (UsersUnavailableException) when (known is not null)
        {
            return known.Value.Verdict;
        }
    }

    private async Task<Judgement> JudgeAnonymousAsync(long userId, CancellationToken cancellationToken)
    {
        if (!cache.Contains(userId) && !await HasEventsAsync(userId, cancellationToken)
            && await api.JudgeAsync(userId, StringValues.Empty, cancellationToken) is { Refusal: { } refusal })
        {
            return refusal;
        }

        cache.Add(userId);
        return new Verdict(new Holder(userId, KeyId: null), Scopes: [], ExpiresAt: null);
    }

    private async Task<bool> HasEventsAsync(long userId, CancellationToken cancellationToken)
    {
        await using var scope = scopes.CreateAsyncScope();

        return await scope.ServiceProvider.GetRequiredService<EventStore>().LatestAsync(userId, cancellationToken) is not null;
    }
}
