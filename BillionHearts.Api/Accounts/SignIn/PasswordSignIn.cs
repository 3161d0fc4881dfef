using BillionHearts.Api.Accounts.Audit;
using BillionHearts.Api.Accounts.Users;
using BillionHearts.Api.Platform.Data;
using BillionHearts.Api.Platform.Errors;
using BillionHearts.Api.Platform.Input;
using Microsoft.EntityFrameworkCore;

namespace BillionHearts.Api.Accounts.SignIn;

/// <summary>Checks a name and a password. A wrong name costs the same hashing work and gets the same answer as a wrong password.</summary>
internal sealed class PasswordSignIn(ImagesDbContext db, Passwords passwords, SignInLimits limits, AuditTrail audit)
{
    public async Task<Outcome<SignedIn>> TryAsync(Credentials credentials, string address, CancellationToken cancellationToken)
    {
        // Other spellings of a name count as attempts at the same account.
        var account = Usernames.Normalize(credentials.Username);
        if (limits.Begin(account, address) is { } tooMany)
        {
            return tooMany;
        }

        // A name that no user can have is not looked up: PostgreSQL refuses some characters.
        var user = TextRules.Fault(credentials.Username, UserMapping.MaxUsernameLength) is null ? await FindAsync(credentials.Username, cancellationToken) : null;
        var check = await passwords.CheckAsync(user is { DisabledAt: null } ? user.PasswordHash : null, credentials.Password, cancellationToken);

        if (check is PasswordCheck.Busy)
        {
            limits.NotChecked(account, address);
            return SignInProblems.Busy;
        }

        if (user is null || check is PasswordCheck.Wrong)
        {
            if (user is not null)
            {
                await audit.WriteAsync(user.Id, AuditAction.SignInFailed, null, address, cancellationToken);
            }

            return SignInProblems.Wrong;
        }

        if (check is PasswordCheck.RightButWeak)
        {
            await StrengthenAsync(user.Id, credentials.Password, cancellationToken);
        }

        limits.Succeeded(account, address);
        await audit.WriteAsync(user.Id, AuditAction.SignIn, null, address, cancellationToken);
        return new SignedIn(user.Id);
    }

    /// <summary>The user with exactly this name, or else with the same normalized name.</summary>
    private async Task<User?> FindAsync(string username, CancellationToken cancellationToken)
    {
        var normalized = Usernames.Normalize(username);
        var found = await db.Users.AsNoTracking()
            .Where(user => user.Username == username || user.NormalizedUsername == normalized).ToListAsync(cancellationToken);

        return found.FirstOrDefault(user => user.Username == username) ?? found.FirstOrDefault();
    }

    /// <summary>Hashes the password again with the current iteration count. Skipped until the next sign-in when too many hashes are waiting.</summary>
    private async Task StrengthenAsync(long userId, string password, CancellationToken cancellationToken)
    {
        if (await passwords.TryHashAsync(password, cancellationToken) is { } hash)
        {
            await db.Users.Where(user => user.Id == userId).ExecuteUpdateAsync(set => set.SetProperty(user => user.PasswordHash, hash), cancellationToken);
        }
    }
}

/// <summary>A user whose password was right.</summary>
internal sealed record SignedIn(long UserId);
