using BillionHearts.Api.Accounts.Access;
using BillionHearts.Api.Images;
using BillionHearts.Api.Platform.Errors;
using BillionHearts.Api.Platform.Reference;
using BillionHearts.Api.Uploads.Idempotency;
using BillionHearts.ServiceDefaults.Errors;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Options;
using Microsoft.Net.Http.Headers;

namespace BillionHearts.Api.Uploads.Resumable;

internal static class ResumableEndpoints
{
    public static void MapResumable(this WebApplication app)
    {
        app.UseMiddleware<TusProtocol>();
        var uploads = app.MapGroup(Tus.Path).WithTags("Resumable uploads");

        uploads.MapPost("/", CreateUpload)
            .Owns(Owned.UserInBody, Scopes.WriteImages)
            .WithName(nameof(CreateUpload)).WithSummary("Begin a resumable upload (tus 1.0)")
            .WithDescription(
                $"{Tus.Headers.Length} says how many bytes it will have; {Tus.Headers.Metadata} carries `user_id`, and optionally `filename` and `filetype`. The first " +
                $"bytes may come along as {Tus.BodyType}. The answer's Location is where the rest goes.")
            .DescribesTus(
                [Tus.Headers.Length, Tus.Headers.Metadata], [Tus.Headers.Checksum, IdempotencyKey.Header], bringsBytes: true,
                ["Location", Tus.Headers.Offset, Tus.Headers.Expires, "Content-Location"])
            .Produces(StatusCodes.Status201Created)
            .Refuses(400, 401, 403, 404, 410, 412, 413, 415, 422, 429, 503);

        uploads.MapMethods("/{upload}", [HttpMethods.Head], GetOffset)
            .Owns(Owned.Upload, Scopes.WriteImages)
            .WithName(nameof(GetOffset)).WithSummary("How far an upload is")
            .WithDescription("In Upload-Offset; the Content-Location of a finished one is its image.")
            .DescribesTus([], [], bringsBytes: false, [Tus.Headers.Offset, Tus.Headers.Length, Tus.Headers.Metadata, Tus.Headers.Expires, "Content-Location"])
            .Produces(StatusCodes.Status200OK)
            .Refuses(401, 403, 404, 410, 412, 503);

        uploads.MapPatch("/{upload}", AppendBytes)
            .Owns(Owned.Upload, Scopes.WriteImages)
            .WithName(nameof(AppendBytes)).WithSummary("Send more of an upload")
            .WithDescription(
                $"The bytes from {Tus.Headers.Offset} on, as {Tus.BodyType}. What arrives is kept even when the request breaks off, unless {Tus.Headers.Checksum} " +
                $"({UploadChecksum.Algorithms}) covers it. With the last of them the upload becomes an image, whose address is the answer's Content-Location.")
            .DescribesTus([Tus.Headers.Offset], [Tus.Headers.Checksum], bringsBytes: true, [Tus.Headers.Offset, Tus.Headers.Expires, "Content-Location"])
            .Produces(StatusCodes.Status204NoContent)
            .Refuses(400, 401, 403, 404, 409, 410, 412, 413, 415, 422, 429, 460, 503);

        uploads.MapDelete("/{upload}", TerminateUpload)
            .Owns(Owned.Upload, Scopes.WriteImages)
            .WithName(nameof(TerminateUpload)).WithSummary("Give an upload up")
            .WithDescription("Its bytes are removed. An image that it has become stays; it has an address of its own.")
            .DescribesTus([], [], bringsBytes: false, [])
            .Produces(StatusCodes.Status204NoContent)
            .Refuses(401, 403, 404, 410, 412, 503);
    }

    private static async Task<IResult> CreateUpload(
        HttpRequest http, UploadCreation creation, IOptions<UploadOptions> limits, CancellationToken cancellationToken)
    {
        var (request, refusal) = NewUpload.Read(http.Headers, limits.Value);
        var (key, malformed) = IdempotencyKey.Read(http);
        var (checksum, unreadable) = UploadChecksum.Read(http.Headers);
        using var _ = checksum;
        var bringsBytes = http.HttpContext.Features.Get<IHttpRequestBodyDetectionFeature>()?.CanHaveBody is true;

        return request is null ? refusal!
            : (Caller.CheckUser(http.HttpContext, request.UserId) ?? malformed ?? unreadable ?? (bringsBytes ? JudgeBody(http) : null)) is { } bad ? bad
            : bringsBytes ? await creation.CreateAsync(request, key, http, checksum, cancellationToken)
            : await creation.CreateAsync(request, key, http.HttpContext.Response, cancellationToken);
    }

    private static async Task<IResult> GetOffset(
        [FromRoute(Name = "upload")] string id, ResumableStore uploads, CancellationToken cancellationToken)
    {
        var (upload, refusal) = await uploads.FindAsync(id, cancellationToken);
        return upload is null ? refusal! : new UploadAnswer(StatusCodes.Status200OK, upload);
    }

    private static async Task<IResult> AppendBytes(
        [FromRoute(Name = "upload")] string id, HttpRequest http, ResumableStore uploads, PieceIntake intake, CancellationToken cancellationToken)
    {
        var (checksum, unreadable) = UploadChecksum.Read(http.Headers);
        using var _ = checksum;
        var missing = TusNumber.Read(http.Headers, Tus.Headers.Offset, out var offset);

        if ((JudgeBody(http) ?? missing ?? unreadable) is { } bad)
        {
            return bad;
        }

        var (upload, refusal) = await uploads.FindAsync(id, cancellationToken);

        if (upload is null)
        {
            return refusal!;
        }

        return upload.Offset != offset
            ? TusProblems.OffsetMismatch(upload.Offset, offset)
            : await intake.AdmitAsync(http, async () =>
                await intake.ReceiveAsync(upload, http, checksum, cancellationToken) ?? new UploadAnswer(StatusCodes.Status204NoContent, upload));
    }

    private static async Task<IResult> TerminateUpload(
        [FromRoute(Name = "upload")] string id, ResumableStore uploads, CancellationToken cancellationToken)
    {
        var (upload, refusal) = await uploads.FindAsync(id, cancellationToken);

        // When it has ended between the two, the second look says how.
        return upload is null ? refusal!
            : await uploads.TryTerminateAsync(id, cancellationToken) ? TypedResults.NoContent()
            : (await uploads.FindAsync(id, cancellationToken)).Refusal ?? TusProblems.NotFound;
    }

    private static Problem? JudgeBody(HttpRequest http) =>
        MediaTypeHeaderValue.TryParse(http.ContentType, out var type) && type.MediaType.Equals(Tus.BodyType, StringComparison.OrdinalIgnoreCase)
            ? null
            : Problems.UnsupportedContentType(http.ContentType, Tus.BodyType);
}
