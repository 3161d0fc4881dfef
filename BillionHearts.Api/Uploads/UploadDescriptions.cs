using BillionHearts.Api.Platform.Data;
using BillionHearts.Api.Platform.Input;
using BillionHearts.Api.Platform.Reference;
using BillionHearts.Api.Uploads.Form;
using BillionHearts.Api.Uploads.Idempotency;
using Microsoft.OpenApi;

namespace BillionHearts.Api.Uploads;

/// <summary>The parts of the API reference that all uploads share.</summary>
internal static class UploadDescriptions
{
    public static RouteHandlerBuilder ReadsUploadForm(this RouteHandlerBuilder route) => route.ReadsForm(FormRequest.ContentType, () =>
    [
        new FieldDescription("file", new OpenApiSchema { Type = JsonSchemaType.String, Format = "binary" }, IsRequired: true),
        new FieldDescription("user_id", FieldDescription.Integer(1, long.MaxValue), IsRequired: true),
        new FieldDescription("original_filename", FieldDescription.Text(ImageMapping.MaxFilenameLength), IsRequired: false),
    ]);

    /// <summary>The body is an image's bytes and nothing else.</summary>
    public static RouteHandlerBuilder ReadsImageBytes(this RouteHandlerBuilder route) => route.ReadsBytes(FileType.All.Select(type => type.ContentType));

    public static RouteHandlerBuilder ReadsIdempotencyKey(this RouteHandlerBuilder route) => route.ReadsHeaders(
        (IdempotencyKey.Header,
            "A key that the client chooses for this request: 1 to 255 visible ASCII characters. A request that is repeated within 24 hours is not carried out " +
            "again; it gets the first answer, with `Idempotency-Replayed: true`. A different request with the same key is refused with 422."));

    public static RouteHandlerBuilder ReadsDigests(this RouteHandlerBuilder route) => route.ReadsHeaders(
        ("Content-Digest", "The hash of the body (RFC 9530), as `sha-256=:base64:` or `sha-512=:base64:`. If it does not match, the request is refused with 400 and nothing is stored."),
        ("Repr-Digest", "The same as Content-Digest, because a body must be complete and have no content coding."));

    public static RouteHandlerBuilder ReadsPreconditions(this RouteHandlerBuilder route) => route.ReadsHeaders(
        ("If-Match", "The ETag of the content, or of the image object, that this request replaces; 412 if it has changed."),
        ("If-None-Match", "`*`: only if the image has no content yet."));
}
