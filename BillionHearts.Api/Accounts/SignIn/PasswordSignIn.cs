using BillionHearts.Api.Accounts.Audit;
using BillionHearts.Api.Accounts.Users;
using BillionHearts.Api.Platform.Data;
using BillionHearts.Api.Platform.Input;
using BillionHearts.ServiceDefaults.Errors;
using Microsoft.EntityFrameworkCore;

namespace BillionHearts.Api.Accounts.SignIn;

/// <summary>Checks a name and a password. The same work, and the same answer, whether it is the one or the other that is wrong.</summary>
internal sealed class PasswordSignIn(ImagesDbContext db, Passwords passwords, SignInLimits limits, AuditTrail audit)
{
    public async Task<(long? UserId, Problem? Refusal)> TryAsync(Credentials credentials, string address, CancellationToken cancellationToken)
    {
        if (limits.Begin(credentials.Username, address) is { } tooMany)
        {
            return (null, tooMany);
        }

        // A name that cannot have been taken is not looked for: PostgreSQL refuses some characters.
        var user = TextRules.Fault(credentials.Username, UserMapping.MaxUsernameLength) is null
            ? await db.Users.AsNoTracking().SingleOrDefaultAsync(user => user.Username == credentials.Username, cancellationToken)
            : null;
        var check = await passwords.CheckAsync(user is { DisabledAt: null } ? user.PasswordHash : null, credentials.Password, cancellationToken);

        if (check is PasswordCheck.Busy)
        {
            limits.NotTried(credentials.Username, address);
            return (null, SignInProblems.Busy);
        }

        if (user is null || check is PasswordCheck.Wrong)
        {
            if (user is not null)
            {
                await audit.WriteAsync(user.Id, AuditAction.SignInFailed, null, address, cancellationToken);
            }

            return (null, SignInProblems.Wrong);
        }

        if (check is PasswordCheck.RightButWeak)
        {
            await StrengthenAsync(user.Id, credentials.Password, cancellationToken);
        }

        limits.Succeeded(credentials.Username, address);
        await audit.WriteAsync(user.Id, AuditAction.SignIn, null, address, cancellationToken);
        return (user.Id, null);
    }

    /// <summary>Hashes again with today's work, now that the password is known. Left for the next time when others wait.</summary>
    private async Task StrengthenAsync(long userId, string password, CancellationToken cancellationToken)
    {
        if (await passwords.TryHashAsync(password, cancellationToken) is { } hash)
        {
            await db.Users.Where(user => user.Id == userId).ExecuteUpdateAsync(set => set.SetProperty(user => user.PasswordHash, hash), cancellationToken);
        }
    }
}
