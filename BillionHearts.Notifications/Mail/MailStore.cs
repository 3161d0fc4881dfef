using BillionHearts.Contracts;
using BillionHearts.Notifications.Data;
using Microsoft.EntityFrameworkCore;

namespace BillionHearts.Notifications.Mail;

/// <summary>The addresses for digests, and how far each digest has come. Times are the database's.</summary>
internal sealed class MailStore(NotificationsDbContext db)
{
    public const int MaxWrongCodes = 5;

    /// <summary>What a digest reports. The rest is what the owner did.</summary>
    private static readonly string[] s_types = [ImagesExchange.Keys.Analyzed, ImagesExchange.Keys.Failed, ImagesExchange.Keys.Duplicates];

    private static readonly TimeSpan s_codeLifetime = TimeSpan.FromHours(1);
    private static readonly TimeSpan s_codePause = TimeSpan.FromMinutes(1);

    // Longer than the mail server may take. Then another replica sends the same digest again.
    private static readonly TimeSpan s_lease = TimeSpan.FromMinutes(1);

    public Task<MailSetting?> FindAsync(long userId, CancellationToken cancellationToken) =>
        db.MailSettings.AsNoTracking().SingleOrDefaultAsync(setting => setting.UserId == userId && setting.Address != "", cancellationToken);

    /// <summary>Sets the address, unconfirmed, with a code that confirms it. Digests begin with events after this.</summary>
    /// <returns>False when the last code is less than a minute old: otherwise this would be a way to fill a stranger's mailbox.</returns>
    public async Task<bool> SetAsync(long userId, string address, string code, string unsubscribeKey, CancellationToken cancellationToken) =>
        await db.Database.ExecuteSqlAsync(
            $"""
            INSERT INTO mail_settings (user_id, address, code, code_expires_at, unsubscribe_key, mailed_through)
            VALUES ({userId}, {address}, {code}, now() + {s_codeLifetime}, {unsubscribeKey},
                    coalesce((SELECT sequence FROM user_streams WHERE user_id = {userId}), 0))
            ON CONFLICT (user_id) DO UPDATE SET
                address = excluded.address, code = excluded.code, code_expires_at = excluded.code_expires_at, unsubscribe_key = excluded.unsubscribe_key,
                mailed_through = excluded.mailed_through, mailing_through = NULL, confirmed_at = NULL, wrong_codes = 0, failures = 0, next_at = now()
            WHERE mail_settings.code_expires_at < now() + {s_codeLifetime - s_codePause}
            """,
            cancellationToken) is 1;

    /// <summary>Confirms the address, if the code is right. After <see cref="MaxWrongCodes"/> wrong ones, none is.</summary>
    public async Task<bool> ConfirmAsync(long userId, string code, CancellationToken cancellationToken)
    {
        // One statement counts and compares, so that parallel guesses do not get more tries.
        var right = await db.Database.SqlQuery<bool>(
            $"""
            UPDATE mail_settings SET
                confirmed_at = CASE WHEN code = {code} THEN now() ELSE confirmed_at END,
                wrong_codes = wrong_codes + CASE WHEN code = {code} THEN 0 ELSE 1 END
            WHERE user_id = {userId} AND code IS NOT NULL AND code_expires_at > now() AND wrong_codes < {MaxWrongCodes}
            RETURNING code = {code} AS "Value"
            """)
            .ToListAsync(cancellationToken);

        return right is [true];
    }

    /// <returns>Whether there was one.</returns>
    public Task<bool> RemoveAsync(long userId, CancellationToken cancellationToken) =>
        EmptyAsync(db.MailSettings.Where(setting => setting.UserId == userId && setting.Address != ""), cancellationToken);

    /// <returns>Whether the key is one of ours.</returns>
    public Task<bool> UnsubscribeAsync(string key, CancellationToken cancellationToken) =>
        EmptyAsync(db.MailSettings.Where(setting => setting.UnsubscribeKey == key && setting.Address != ""), cancellationToken);

    /// <summary>Takes settings whose digest is due, for the time that sending may take. The last event of a digest is set once, so that it is the same when it is sent again.</summary>
    /// <param name="window">Age of the oldest event that is not reported yet.</param>
    public Task<List<MailSetting>> TakeDueAsync(TimeSpan window, int limit, CancellationToken cancellationToken) => db.MailSettings
        .FromSql(
            $"""
            UPDATE mail_settings s SET next_at = now() + {s_lease}, mailing_through = coalesce(s.mailing_through, due.latest)
            FROM (
                SELECT m.user_id, (SELECT max(e.sequence) FROM user_events e WHERE e.user_id = m.user_id) AS latest
                FROM mail_settings m
                WHERE m.confirmed_at IS NOT NULL AND m.next_at <= now() AND (m.mailing_through IS NOT NULL OR EXISTS (
                    SELECT FROM user_events e
                    WHERE e.user_id = m.user_id AND e.sequence > m.mailed_through AND e.type = ANY({s_types}) AND e.recorded_at <= now() - {window}))
                ORDER BY m.next_at LIMIT {limit} FOR UPDATE OF m SKIP LOCKED) due
            WHERE s.user_id = due.user_id
            RETURNING s.*
            """)
        .AsNoTracking()
        .ToListAsync(cancellationToken);

    /// <summary>Counts a digest's events by type, without those that the user has read meanwhile.</summary>
    public Task<Dictionary<string, int>> CountAsync(MailSetting digest, CancellationToken cancellationToken) => db.Events
        .Where(e => e.UserId == digest.UserId && e.Sequence > digest.MailedThrough && e.Sequence <= digest.MailingThrough && s_types.Contains(e.Type) && e.ReadAt == null)
        .GroupBy(e => e.Type)
        .Select(group => new { Type = group.Key, Count = group.Count() })
        .ToDictionaryAsync(group => group.Type, group => group.Count, cancellationToken);

    public Task SentAsync(MailSetting digest, TimeSpan window, CancellationToken cancellationToken) => db.Database.ExecuteSqlAsync(
        $"""
        UPDATE mail_settings SET mailed_through = {digest.MailingThrough}, mailing_through = NULL, failures = 0, next_at = now() + {window}
        WHERE user_id = {digest.UserId} AND mailing_through = {digest.MailingThrough}
        """,
        cancellationToken);

    /// <param name="isRefused">Whether the address was: after three times it counts as unconfirmed.</param>
    public Task FailedAsync(MailSetting digest, TimeSpan delay, bool isRefused, CancellationToken cancellationToken) => db.Database.ExecuteSqlAsync(
        $"""
        UPDATE mail_settings SET failures = failures + 1, next_at = now() + {delay},
            confirmed_at = CASE WHEN {isRefused} AND failures >= 2 THEN NULL ELSE confirmed_at END,
            code = CASE WHEN {isRefused} AND failures >= 2 THEN NULL ELSE code END
        WHERE user_id = {digest.UserId} AND mailing_through = {digest.MailingThrough}
        """,
        cancellationToken);

    /// <summary>The row stays without its address: it has the time of the last code, and deleting it would end the pause between codes.</summary>
    private static async Task<bool> EmptyAsync(IQueryable<MailSetting> settings, CancellationToken cancellationToken) => await settings.ExecuteUpdateAsync(
        setting => setting.SetProperty(s => s.Address, "").SetProperty(s => s.Code, (string?)null).SetProperty(s => s.ConfirmedAt, (DateTimeOffset?)null)
            .SetProperty(s => s.MailingThrough, (long?)null),
        cancellationToken) is 1;
}
