using BillionHearts.Api.Accounts.Access;
using BillionHearts.Api.Accounts.Audit;
using BillionHearts.Api.Accounts.Secrets;
using BillionHearts.Api.Platform.Data;
using BillionHearts.Api.Platform.Errors;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace BillionHearts.Api.Accounts.Sessions;

/// <summary>A user's sessions.</summary>
internal sealed class SessionStore(
    ImagesDbContext db, UserSecrets<Session> secrets, OwnerLookup owners, IOptions<AccessOptions> options, TimeProvider clock)
{
    /// <summary>Above it, the oldest one ends.</summary>
    public const int MaxSessions = 100;

    private static readonly SecretKind s_kind = new(MaxSessions, TooMany: null, AuditAction.SessionOpened, AuditAction.SessionEnded);

    /// <summary>A use is recorded at most once in this time, so that a client that needs many tokens costs no more writes.</summary>
    private static readonly TimeSpan s_renewal = TimeSpan.FromMinutes(1);

    /// <param name="client">Shown in the list of sessions.</param>
    /// <param name="address">The client's IP address.</param>
    public async Task<Outcome<NewSession>> OpenAsync(long userId, string? client, string address, CancellationToken cancellationToken)
    {
        var (secret, now) = (SecretText.New(), clock.GetMicroseconds());
        var outcome = await secrets.AddAsync(
            userId,
            s_kind,
            () => new Session
            {
                UserId = userId,
                Client = client,
                Hash = SecretText.Hash(secret),
                CreatedAt = now,
                LastUsedAt = now,
                Address = address,
                ExpiresAt = now + options.Value.SessionLifetime,
            },
            address,
            cancellationToken);

        return outcome.TryGet(out var session, out var refusal) ? new NewSession(session.Id, secret) : refusal;
    }

    /// <summary>Finds the session with this secret and moves its end.</summary>
    /// <returns><see langword="null"/> when there is none, it has ended, or its user is disabled.</returns>
    public async Task<Session?> UseAsync(string secret, string address, CancellationToken cancellationToken)
    {
        if (await secrets.FindAsync(secret, cancellationToken) is not { } session || !await owners.IsUserAsync(session.UserId, cancellationToken))
        {
            return null;
        }

        var now = clock.GetMicroseconds();

        if (now - session.LastUsedAt >= s_renewal)
        {
            await db.Sessions.Where(one => one.Id == session.Id).ExecuteUpdateAsync(
                set => set
                    .SetProperty(one => one.LastUsedAt, now)
                    .SetProperty(one => one.ExpiresAt, now + options.Value.SessionLifetime)
                    .SetProperty(one => one.Address, address),
                cancellationToken);
        }

        return session;
    }

    /// <param name="current">The id of the caller's session, if it has one.</param>
    public async Task<IReadOnlyList<SessionResponse>> ListAsync(long userId, long? current, CancellationToken cancellationToken) =>
        [.. (await secrets.ListAsync(userId, cancellationToken)).Select(session => new SessionResponse(
            session.Id, session.Client, session.CreatedAt.UtcDateTime, session.LastUsedAt.UtcDateTime, session.Address, session.Id == current))];

    /// <returns>Whether the user had such a session.</returns>
    public Task<bool> EndAsync(long userId, long sessionId, string address, CancellationToken cancellationToken) =>
        secrets.RevokeAsync(userId, sessionId, s_kind, address, cancellationToken);
}

/// <param name="Secret">Not stored.</param>
internal sealed record NewSession(long Id, string Secret);
