using BillionHearts.Api.Platform.Data;
using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace BillionHearts.Api.Accounts.Users;

/// <summary>Adds users, with an id that the caller chose or with the next free id.</summary>
internal sealed class UserRegistration(ImagesDbContext db)
{
    /// <summary>Advisory lock of the transactions that choose an id or skip chosen ones. An arbitrary number that no other lock in this database uses.</summary>
    private const long IdChoiceLock = 0x75736572;

    // One is enough, unless other requests are assigned the ids just skipped to.
    private const int MaxAttempts = 5;

    public async Task<RegistrationOutcome> AddAsync(User user, CancellationToken cancellationToken)
    {
        if (user.Id is not 0)
        {
            return await RunWithIdLockAsync(cancel => TryAddAsync(user, cancel), cancellationToken);
        }

        var outcome = await TryAddAsync(user, cancellationToken);

        // The lock keeps others from choosing ids meanwhile: they could otherwise stay just ahead of the sequence.
        for (var attempt = 1; outcome is RegistrationOutcome.IdTaken && attempt <= MaxAttempts; attempt++)
        {
            outcome = await RunWithIdLockAsync(
                async cancel =>
                {
                    await SkipTakenIdsAsync(cancel);
                    return await TryAddAsync(user, cancel);
                },
                cancellationToken);
        }

        return outcome is RegistrationOutcome.IdTaken
            ? throw new InvalidOperationException($"No free user id was found in {MaxAttempts} attempts.")
            : outcome;
    }

    private Task<RegistrationOutcome> RunWithIdLockAsync(Func<CancellationToken, Task<RegistrationOutcome>> work, CancellationToken cancellationToken) =>
        db.InTransactionAsync(
            async cancel =>
            {
                await db.Database.ExecuteSqlAsync($"SELECT pg_advisory_xact_lock({IdChoiceLock})", cancel);
                return await work(cancel);
            },
            static outcome => outcome is RegistrationOutcome.Added,
            cancellationToken);

    private async Task<RegistrationOutcome> TryAddAsync(User user, CancellationToken cancellationToken)
    {
        var isAssigned = user.Id is 0;
        db.Users.Add(user);

        try
        {
            await db.SaveChangesAsync(cancellationToken);
            return RegistrationOutcome.Added;
        }
        catch (DbUpdateException exception) when (ViolatedConstraint(exception) is UserMapping.UniqueUsername or UserMapping.UniqueNormalizedUsername)
        {
            return RegistrationOutcome.UsernameTaken;
        }
        catch (DbUpdateException exception) when (ViolatedConstraint(exception) is UserMapping.PrimaryKey)
        {
            db.ChangeTracker.Clear();
            user.Id = isAssigned ? 0 : user.Id;
            return RegistrationOutcome.IdTaken;
        }
    }

    /// <summary>
    /// Moves the sequence to the end of the run of taken ids that it has reached. A chosen id does not move the sequence when it is
    /// added: choosing the largest id would then leave none to assign. Calls nextval for each id, so that the sequence never moves back.
    /// </summary>
    private Task<int> SkipTakenIdsAsync(CancellationToken cancellationToken) => db.Database.ExecuteSqlAsync(
        $"""
        SELECT max(nextval('users_id_seq'))
        FROM (
            SELECT s.last_value AS met, u.id AS last
            FROM users_id_seq s JOIN users u ON u.id >= s.last_value
            WHERE EXISTS (SELECT 1 FROM users met WHERE met.id = s.last_value)
              AND u.id < 9223372036854775807
              AND NOT EXISTS (SELECT 1 FROM users following WHERE following.id = u.id + 1)
            ORDER BY u.id
            LIMIT 1
        ) AS run, generate_series(run.met + 1, run.last)
        """,
        cancellationToken);

    private static string? ViolatedConstraint(DbUpdateException exception) =>
        exception.InnerException is PostgresException { SqlState: PostgresErrorCodes.UniqueViolation } unique ? unique.ConstraintName : null;
}

internal enum RegistrationOutcome
{
    Added,
    IdTaken,
    UsernameTaken,
}
