using BillionHearts.Api.Accounts.Access;

namespace BillionHearts.Api.Uploads.Resumable;

internal static class ResumableAccess
{
    private static readonly OwnedResource s_upload = new(
        "owners of uploads", "upload", "SELECT id::text, user_id FROM resumable_uploads WHERE id = ANY($1::bpchar[])", TusProblems.NotFound)
    { IsSecret = true };

    extension(Owned)
    {
        /// <summary>The resumable upload in the path, whose id is a secret.</summary>
        public static OwnedResource Upload => s_upload;
    }
}
