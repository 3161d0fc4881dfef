using BillionHearts.Api.Platform.Data;
using BillionHearts.Api.Platform.Input;
using Microsoft.EntityFrameworkCore;

namespace BillionHearts.Api.Accounts.Users;

internal static class UserLookup
{
    /// <summary>The user with exactly this name, or else with the same normalized name.</summary>
    public static async Task<User?> FindUserAsync(this ImagesDbContext db, string username, CancellationToken cancellationToken)
    {
        // A name that no user can have is not looked up: PostgreSQL refuses some characters.
        if (TextRules.Fault(username, UserMapping.MaxUsernameLength) is not null)
        {
            return null;
        }

        var normalized = Usernames.Normalize(username);
        var found = await db.Users.AsNoTracking()
            .Where(user => user.Username == username || user.NormalizedUsername == normalized).ToListAsync(cancellationToken);

        return found.FirstOrDefault(user => user.Username == username) ?? found.FirstOrDefault();
    }
}
