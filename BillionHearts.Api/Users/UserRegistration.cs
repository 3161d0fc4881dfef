using BillionHearts.Api.Data;
using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace BillionHearts.Api.Users;

/// <summary>Adds users, with an id that the caller chose or with the next that is free.</summary>
internal sealed class UserRegistration(ImagesDbContext db)
{
    // More than one is needed only when callers take ids at the very moment that the sequence reaches them.
    private const int MaxAttempts = 5;

    public async Task<RegistrationOutcome> AddAsync(User user, CancellationToken cancellationToken)
    {
        var isAssigned = user.Id is 0;

        for (var attempt = 1; ; attempt++)
        {
            db.Users.Add(user);

            try
            {
                await db.SaveChangesAsync(cancellationToken);
                return RegistrationOutcome.Added;
            }
            catch (DbUpdateException exception) when (Violated(exception) is UserMapping.UniqueUsername)
            {
                return RegistrationOutcome.UsernameTaken;
            }
            catch (DbUpdateException exception) when (Violated(exception) is UserMapping.PrimaryKey && !isAssigned)
            {
                return RegistrationOutcome.IdTaken;
            }
            catch (DbUpdateException exception) when (Violated(exception) is UserMapping.PrimaryKey && attempt < MaxAttempts)
            {
                db.ChangeTracker.Clear();
                user.Id = 0;
                await SkipTakenIdsAsync(cancellationToken);
            }
        }
    }

    /// <summary>
    /// Moves the sequence to the end of the run of taken ids that it has met. A chosen id does not move it in advance:
    /// one choice of the largest id would then leave none to assign.
    /// </summary>
    private Task<int> SkipTakenIdsAsync(CancellationToken cancellationToken) => db.Database.ExecuteSqlAsync(
        $"""
        SELECT setval('users_id_seq', run.last)
        FROM (
            SELECT u.id AS last
            FROM users_id_seq s JOIN users u ON u.id >= s.last_value
            WHERE EXISTS (SELECT 1 FROM users met WHERE met.id = s.last_value)
              AND u.id < 9223372036854775807
              AND NOT EXISTS (SELECT 1 FROM users following WHERE following.id = u.id + 1)
            ORDER BY u.id
            LIMIT 1
        ) AS run
        """,
        cancellationToken);

    private static string? Violated(DbUpdateException exception) =>
        exception.InnerException is PostgresException { SqlState: PostgresErrorCodes.UniqueViolation } unique ? unique.ConstraintName : null;
}

internal enum RegistrationOutcome
{
    Added,
    IdTaken,
    UsernameTaken,
}
