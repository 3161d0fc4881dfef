using BillionHearts.Api.Accounts.Access;
using BillionHearts.Api.Images;
using BillionHearts.Api.Platform.Input;
using BillionHearts.Api.Platform.Reference;
using BillionHearts.Api.Uploads.Direct;

namespace BillionHearts.Api.Uploads.Content;

/// <summary>Adds content to an image that already exists.</summary>
internal static class ContentEndpoints
{
    public static void MapContent(this IEndpointRouteBuilder routes)
    {
        var images = routes.MapGroup("/images").WithTags("Images");

        images.MapPut("/{id}/content", PutContent)
            .Owns(Owned.Image, Scopes.WriteImages)
            .WithName(nameof(PutContent)).WithSummary("Send an image's bytes")
            .WithDescription(
                "The first content of an announced image, or a new version of an image that has content: the image then gets a new address and is analyzed again. " +
                "Type, dimensions and size are read from the bytes; the Content-Type is ignored.")
            .ReadsImageBytes().ReadsIdempotencyKey().ReadsDigests().ReadsPreconditions()
            .Produces<ImageResponse>()
            .Refuses(400, 401, 403, 404, 408, 412, 413, 415, 422, 429, 503);

        images.MapPost("/{id}/complete", CompleteUpload)
            .Owns(Owned.Image, Scopes.WriteImages)
            .WithName(nameof(CompleteUpload)).WithSummary("Complete a direct upload")
            .WithDescription(
                "The content that was sent to the address in `upload` is read from the store and compared with the announced metadata, and with `sha256` if it is " +
                "given. If it matches, it becomes the image's content. 409 if nothing was sent yet; 422 names the announced and the actual value, and the address can " +
                "be used again. If the image already has its content, the answer is the image.")
            .ReadsJson(CompleteUploadRequest.Read, isRequired: false).ReadsIdempotencyKey()
            .Produces<ImageResponse>()
            .Refuses(400, 401, 403, 404, 408, 409, 413, 415, 422, 429, 503);
    }

    private static async Task<IResult> PutContent(
        RouteId id, HttpRequest http, ContentUpload uploads, UploadTelemetry telemetry, CancellationToken cancellationToken) =>
        telemetry.Answer(await uploads.ReceiveAsync(id.Value, http, cancellationToken), http);

    private static async Task<IResult> CompleteUpload(
        RouteId id, HttpRequest http, DirectUpload uploads, UploadTelemetry telemetry, CancellationToken cancellationToken)
    {
        byte[]? sha256 = null;
        if (HasBody(http))
        {
            if (!(await JsonBody.ReadAsync(http, CompleteUploadRequest.Read, cancellationToken)).TryGet(out var sent, out var refusal))
            {
                return refusal;
            }

            sha256 = sent.Hash;
        }

        return telemetry.Answer(await uploads.CompleteAsync(id.Value, sha256, http, cancellationToken), http);
    }

    private static bool HasBody(HttpRequest http) => http.ContentLength is > 0 || (http.ContentLength is null && http.Headers.TransferEncoding.Count > 0);
}

/// <param name="Sha256">The SHA-256 of the content in hex; compared if it is given.</param>
internal sealed record CompleteUploadRequest(string? Sha256)
{
    private const int HexLength = 64;

    internal byte[]? Hash => Sha256 is null ? null : Convert.FromHexString(Sha256);

    public static CompleteUploadRequest Read(FieldReader fields)
    {
        var sha256 = fields.OptionalText("sha256", HexLength);

        if (sha256 is not null && (sha256.Length != HexLength || !sha256.All(char.IsAsciiHexDigit)))
        {
            fields.Errors.Add("sha256", $"must be {HexLength} hexadecimal digits, not '{sha256}'");
            sha256 = null;
        }

        return new CompleteUploadRequest(sha256);
    }
}
