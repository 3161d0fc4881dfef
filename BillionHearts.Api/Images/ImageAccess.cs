using BillionHearts.Api.Accounts.Access;
using BillionHearts.Api.Platform.Errors;

namespace BillionHearts.Api.Images;

internal static class ImageAccess
{
    private static readonly OwnedResource s_image = new(
        "owners of images", "id", "SELECT id::text, user_id FROM images WHERE id = ANY($1::bigint[]) AND deleted_at IS NULL", Problems.ImageNotFound)
    { HasNumericId = true };

    extension(Owned)
    {
        /// <summary>The image whose id is in the path.</summary>
        public static OwnedResource Image => s_image;
    }
}
