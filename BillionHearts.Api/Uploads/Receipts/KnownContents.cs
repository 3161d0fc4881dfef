using BillionHearts.Api.Accounts;
using BillionHearts.Api.Platform.Data;
using BillionHearts.Api.Platform.Errors;
using Microsoft.EntityFrameworkCore;

namespace BillionHearts.Api.Uploads.Receipts;

/// <summary>Finds which contents a user already has, with one query on the index of hashes.</summary>
internal sealed class KnownContents(ImagesDbContext db)
{
    public async Task<Outcome<KnownContentsResponse>> FindAsync(KnownContentsRequest request, CancellationToken cancellationToken)
    {
        if (!await db.Users.AnyAsync(user => user.Id == request.UserId, cancellationToken))
        {
            return Problems.UserNotFound;
        }

        byte[][] hashes = [.. request.Sha256.Distinct().Select(Convert.FromHexString)];
        var found = await db.Images.AsNoTracking()
            .Where(image => image.UserId == request.UserId && image.Sha256 != null && hashes.Contains(image.Sha256))
            .OrderBy(image => image.Id)
            .Select(image => new { image.Id, image.Sha256 })
            .ToListAsync(cancellationToken);
        var ids = found.ToLookup(image => Convert.ToHexStringLower(image.Sha256!), image => image.Id);

        return new KnownContentsResponse(
            request.UserId, [.. request.Sha256.Select(hash => new KnownContent(hash, ids.Contains(hash), [.. ids[hash]]))]);
    }
}
