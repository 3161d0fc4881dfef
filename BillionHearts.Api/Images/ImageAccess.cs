using BillionHearts.Api.Accounts.Access;
using BillionHearts.Api.Platform.Errors;

namespace BillionHearts.Api.Images;

internal static class ImageAccess
{
    // Materialized for the reason that ImageReads gives.
    private static readonly OwnedResource s_image = new(
        "owners of images",
        "id",
        """
        WITH found AS MATERIALIZED (SELECT id, user_id, deleted_at FROM images WHERE id = ANY($1::bigint[]))
        SELECT id::text, user_id FROM found WHERE deleted_at IS NULL
        """,
        Problems.ImageNotFound)
    { HasNumericId = true };

    // For a repeated merge, which may be sent to an image that the first one has merged.
    private static readonly OwnedResource s_merged = s_image with
    {
        Name = "owners of images to merge",
        OwnerQuery =
            """
            WITH found AS MATERIALIZED (SELECT id, user_id, deleted_at, merged_into FROM images WHERE id = ANY($1::bigint[]))
            SELECT id::text, user_id FROM found WHERE deleted_at IS NULL OR merged_into IS NOT NULL
            """,
    };

    extension(Owned)
    {
        /// <summary>The image whose id is in the path.</summary>
        public static OwnedResource Image => s_image;

        /// <summary>The image whose id is in the path, also if it was merged into another.</summary>
        public static OwnedResource MergedImage => s_merged;
    }
}
