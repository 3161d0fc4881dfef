using BillionHearts.Api.Accounts;
using BillionHearts.Api.Accounts.Access;
using BillionHearts.Api.Platform.Data;
using BillionHearts.Api.Platform.Errors;
using BillionHearts.Api.Platform.Input;
using BillionHearts.Api.Platform.Reference;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace BillionHearts.Api.Images.Usage;

internal static class UsageEndpoints
{
    public static void MapUsage(this IEndpointRouteBuilder routes) => routes
        .MapGet("/users/{id}/usage", GetUsage)
        .Owns(Owned.User, Scopes.ReadImages)
        .WithName(nameof(GetUsage)).WithTags("Images").WithSummary("How much a user has stored")
        .WithDescription(
            "Images with content and the bytes of their current versions, in total and by file type, the largest first. `max_images` and `max_bytes` are the limits that an " +
            "upload is refused by; null where there is none. An upload changes the counts in its commit.")
        .Produces<UsageResponse>()
        .Refuses(401, 403, 404, 503);

    private static async Task<IResult> GetUsage(RouteId id, ImagesDbContext db, IOptions<UploadOptions> limits, HttpResponse http, CancellationToken cancellationToken)
    {
        // One statement, so that the parts add up to the total.
        var rows = await db.Database.SqlQuery<UsageRow>(
            $"""
            SELECT u.image_count, u.stored_bytes, t.file_type, coalesce(t.images, 0) AS images, coalesce(t.bytes, 0) AS bytes
            FROM users u
            LEFT JOIN LATERAL (
                SELECT file_type, count(*) AS images, sum(file_size)::bigint AS bytes
                FROM images WHERE user_id = u.id AND deleted_at IS NULL AND version > 0
                GROUP BY file_type) t ON true
            WHERE u.id = {id.Value}
            ORDER BY t.bytes DESC, t.file_type
            """)
            .ToListAsync(cancellationToken);

        if (rows.Count is 0)
        {
            return Problems.UserNotFound;
        }

        http.Headers.CacheControl = "private, no-store";
        return TypedResults.Ok(new UsageResponse(
            rows[0].ImageCount, rows[0].StoredBytes, limits.Value.MaxUserImages, limits.Value.MaxUserBytes,
            [.. rows.Where(row => row.FileType is not null).Select(row => new TypeUsage(row.FileType!, row.Images, row.Bytes))]));
    }

    private sealed class UsageRow
    {
        public long ImageCount { get; init; }

        public long StoredBytes { get; init; }

        /// <summary>Null if the user has nothing.</summary>
        public string? FileType { get; init; }

        public long Images { get; init; }

        public long Bytes { get; init; }
    }
}

/// <param name="Images">Images with content.</param>
/// <param name="Bytes">Of their current versions.</param>
/// <param name="MaxImages">Null if there is no limit.</param>
/// <param name="MaxBytes">Null if there is no limit.</param>
/// <param name="ByType">Largest first.</param>
internal sealed record UsageResponse(long Images, long Bytes, long? MaxImages, long? MaxBytes, IReadOnlyList<TypeUsage> ByType);

internal sealed record TypeUsage(string FileType, long Images, long Bytes);
