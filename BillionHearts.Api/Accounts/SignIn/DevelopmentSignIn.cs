using BillionHearts.Api.Accounts.Audit;
using BillionHearts.Api.Accounts.Users;
using BillionHearts.Api.Platform.Data;
using BillionHearts.Api.Platform.Errors;

namespace BillionHearts.Api.Accounts.SignIn;

/// <summary>Signs in any user by name alone. Only where tokens are optional: requests without one act for anybody there, and the key that signs is published unless another is set.</summary>
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
