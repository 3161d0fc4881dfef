using BillionHearts.Api.Images;
using BillionHearts.Api.Uploads.Commit;
using BillionHearts.Api.Uploads.Idempotency;

namespace BillionHearts.Api.Uploads.Admission;

/// <summary>What every way in asks before it takes bytes, and how it words the answer that is kept for a repeated request.</summary>
internal sealed class UploadAdmission(UploadGate gate, UserQuota quota, ImageRenderer renderer)
{
    public UploadGate Gate => gate;

    public UserQuota Quota => quota;

    public ImageRenderer Renderer => renderer;

    /// <param name="asked">What makes the request another one when it differs.</param>
    public KeyedAnswer? Keyed(HttpRequest request, IdempotencyKey? key, long userId, params ReadOnlySpan<object?> asked) => key is null
        ? null
        : new KeyedAnswer(new IdempotentRequest(userId, key, IdempotentRequest.FingerprintOf(asked)), image => renderer.Render(request, image));
}
