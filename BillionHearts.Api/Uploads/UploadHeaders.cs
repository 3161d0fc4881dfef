using BillionHearts.Api.Platform.Errors;
using BillionHearts.Api.Uploads.Digests;
using BillionHearts.Api.Uploads.Idempotency;

namespace BillionHearts.Api.Uploads;

/// <summary>The headers that every upload may have.</summary>
internal sealed record UploadHeaders(IdempotencyKey? Key, ExpectedDigests Digests)
{
    public static Outcome<UploadHeaders> Read(HttpRequest request)
    {
        if (IdempotencyKey.Read(request, out var key) is { } refusal)
        {
            return refusal;
        }

        return ExpectedDigests.Read(request.Headers).TryGet(out var digests, out var malformed) ? new UploadHeaders(key, digests) : malformed;
    }
}
