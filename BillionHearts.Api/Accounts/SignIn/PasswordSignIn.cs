using BillionHearts.Api.Accounts.Audit;
using BillionHearts.Api.Accounts.Users;
using BillionHearts.Api.Platform.Data;
using BillionHearts.Api.Platform.Errors;
using Microsoft.EntityFrameworkCore;

namespace BillionHearts.Api.Accounts.SignIn;

/// <summary>Checks a name and a password. A wrong name costs the same hashing work and gets the same answer as a wrong password.</summary>
internal sealed class PasswordSignIn(ImagesDbContext db, Passwords passwords, SignInLimits limits, AuditTrail audit)
{
    public async Task<Outcome<SignedIn>> TryAsync(string username, string password, string address, CancellationToken cancellationToken)
    {
        // Other spellings of a name count as attempts at the same account.
        var account = Usernames.Normalize(username);
        if (limits.Begin(account, address) is { } tooMany)
        {
            return tooMany;
        }

        var user = await db.FindUserAsync(username, cancellationToken);
        var check = await passwords.CheckAsync(user is { DisabledAt: null } ? user.PasswordHash : null, password, cancellationToken);

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
            await StrengthenAsync(user.Id, password, cancellationToken);
        }

        limits.Succeeded(account, address);
        await audit.WriteAsync(user.Id, AuditAction.SignIn, null, address, cancellationToken);
        return new SignedIn(user.Id);
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

/// <summary>A user who may have a token.</summary>
internal sealed record SignedIn(long UserId);
