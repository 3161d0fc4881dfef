using BillionHearts.Api.Accounts.Audit;
using BillionHearts.Api.Accounts.Users;
using BillionHearts.Api.Platform.Data;
using BillionHearts.Api.Platform.Errors;

namespace BillionHearts.Api.Accounts.SignIn;

/// <summary>Signs in any user by name alone. Only where tokens are optional: the key that signs there is published, so anybody can make such a token.</summary>
internal sealed class DevelopmentSignIn(ImagesDbContext db, AuditTrail audit)
{
    public async Task<Outcome<SignedIn>> TryAsync(string username, string address, CancellationToken cancellationToken)
    {
        if (await db.FindUserAsync(username, cancellationToken) is not { DisabledAt: null } user)
        {
            return SignInProblems.NoSuchUser;
        }

        await audit.WriteAsync(user.Id, AuditAction.SignIn, null, address, cancellationToken);
        return new SignedIn(user.Id);
    }
}
