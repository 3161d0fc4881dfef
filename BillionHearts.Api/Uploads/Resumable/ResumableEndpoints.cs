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
            .WithName(nameof(CreateUpload)).WithSummary("Create a resumable upload (tus 1.0)")
            .WithDescription(
                $"{Tus.Headers.Length} is the size of the whole upload in bytes; {Tus.Headers.Metadata} has `user_id`, and optionally `filename` and `filetype`. The " +
                $"body may have the first bytes, as {Tus.BodyType}. Send the rest to the Location in the response.")
            .DescribesTus(
                [Tus.Headers.Length, Tus.Headers.Metadata], [Tus.Headers.Checksum, IdempotencyKey.Header], bringsBytes: true,
                ["Location", Tus.Headers.Offset, Tus.Headers.Expires, "Content-Location"])
            .Produces(StatusCodes.Status201Created)
            .Refuses(400, 401, 403, 404, 410, 412, 413, 415, 422, 429, 503);

        uploads.MapMethods("/{upload}", [HttpMethods.Head], GetOffset)
            .Owns(Owned.Upload, Scopes.WriteImages)
            .WithName(nameof(GetOffset)).WithSummary("Get the offset of an upload")
            .WithDescription("Upload-Offset is the number of bytes received. The Content-Location of a finished upload is its image.")
            .DescribesTus([], [], bringsBytes: false, [Tus.Headers.Offset, Tus.Headers.Length, Tus.Headers.Metadata, Tus.Headers.Expires, "Content-Location"])
            .Produces(StatusCodes.Status200OK)
            .Refuses(401, 403, 404, 410, 412, 503);

        uploads.MapPatch("/{upload}", AppendBytes)
            .Owns(Owned.Upload, Scopes.WriteImages)
            .WithName(nameof(AppendBytes)).WithSummary("Append bytes to an upload")
            .WithDescription(
                $"The bytes from {Tus.Headers.Offset} on, as {Tus.BodyType}. Bytes that arrive are kept even if the request breaks off, unless {Tus.Headers.Checksum} " +
                $"({UploadChecksum.Algorithms}) covers them. With the last bytes the upload becomes an image, whose address is the Content-Location of the response.")
            .DescribesTus([Tus.Headers.Offset], [Tus.Headers.Checksum], bringsBytes: true, [Tus.Headers.Offset, Tus.Headers.Expires, "Content-Location"])
            .Produces(StatusCodes.Status204NoContent)
            .Refuses(400, 401, 403, 404, 409, 410, 412, 413, 415, 422, 429, 460, 503);

        uploads.MapDelete("/{upload}", TerminateUpload)
            .Owns(Owned.Upload, Scopes.WriteImages)
            .WithName(nameof(TerminateUpload)).WithSummary("Terminate an upload")
            .WithDescription("Its bytes are removed. If the upload has already become an image, the image is not deleted.")
            .DescribesTus([], [], bringsBytes: false, [])
            .Produces(StatusCodes.Status204NoContent)
            .Refuses(401, 403, 404, 410, 412, 503);
    }

    private static async Task<IResult> CreateUpload(
        HttpRequest http, UploadCreation creation, PieceIntake intake, UploadTelemetry telemetry, IOptions<UploadOptions> limits, CancellationToken cancellationToken)
    {
        if (!NewUpload.Read(http.Headers, limits.Value).TryGet(out var request, out var refusal)
            || (refusal = Caller.CheckUser(http.HttpContext, request.UserId)) is not null)
        {
            return refusal;
        }

        if (IdempotencyKey.Read(http, out var key) is { } invalid)
        {
            return invalid;
        }

        if (http.HttpContext.Features.Get<IHttpRequestBodyDetectionFeature>()?.CanHaveBody is not true)
        {
            return (await creation.CreateAsync(request, key, cancellationToken)).ToResult(created => Created(created, http.HttpContext.Response));
        }

        // The first bytes are in the same request.
        var unreadable = UploadChecksum.Read(http.Headers, out var checksum);
        using var _ = checksum;

        if ((CheckBody(http) ?? unreadable) is { } bad)
        {
            return bad;
        }

        if (!intake.Admit(http).TryGet(out var share, out refusal))
        {
            return telemetry.Refused(refusal);
        }

        using (share)
        {
            if (!(await creation.CreateAsync(request, key, cancellationToken)).TryGet(out var created, out refusal))
            {
                return refusal;
            }

            if (created.IsNew && await intake.ReceiveAsync(created.Upload, http, checksum, cancellationToken) is { } refused)
            {
                await creation.WithdrawAsync(created.Upload);
                return telemetry.Refused(refused);
            }

            return Created(created, http.HttpContext.Response);
        }
    }

    private static async Task<IResult> GetOffset(
        [FromRoute(Name = "upload")] string id, ResumableStore uploads, CancellationToken cancellationToken) =>
        (await uploads.FindAsync(id, cancellationToken)).ToResult(upload => new TusResult(StatusCodes.Status200OK, upload));

    private static async Task<IResult> AppendBytes(
        [FromRoute(Name = "upload")] string id, HttpRequest http, ResumableStore uploads, PieceIntake intake, UploadTelemetry telemetry, CancellationToken cancellationToken)
    {
        var missing = TusNumber.Read(http.Headers, Tus.Headers.Offset, out var offset);
        var unreadable = UploadChecksum.Read(http.Headers, out var checksum);
        using var _ = checksum;

        if ((CheckBody(http) ?? missing ?? unreadable) is { } bad)
        {
            return bad;
        }

        if (!(await uploads.FindAsync(id, cancellationToken)).TryGet(out var upload, out var refusal))
        {
            return refusal;
        }

        if (upload.Offset != offset)
        {
            return TusProblems.OffsetMismatch(upload.Offset, offset);
        }

        if (!intake.Admit(http).TryGet(out var share, out refusal))
        {
            return telemetry.Refused(refusal);
        }

        using (share)
        {
            return await intake.ReceiveAsync(upload, http, checksum, cancellationToken) is { } refused
                ? telemetry.Refused(refused)
                : new TusResult(StatusCodes.Status204NoContent, upload);
        }
    }

    private static async Task<IResult> TerminateUpload(
        [FromRoute(Name = "upload")] string id, ResumableStore uploads, CancellationToken cancellationToken)
    {
        if (!(await uploads.FindAsync(id, cancellationToken)).TryGet(out _, out var refusal))
        {
            return refusal;
        }

        // If the upload has ended since the first query, the second one says how.
        return await uploads.TryTerminateAsync(id, cancellationToken)
            ? TypedResults.NoContent()
            : (await uploads.FindAsync(id, cancellationToken)).Problem ?? TusProblems.NotFound;
    }

    private static TusResult Created(CreatedUpload created, HttpResponse response)
    {
        if (!created.IsNew)
        {
            response.Headers[UploadAnswer.ReplayedHeader] = "true";
        }

        return new TusResult(StatusCodes.Status201Created, created.Upload);
    }

    private static Problem? CheckBody(HttpRequest http) =>
        MediaTypeHeaderValue.TryParse(http.ContentType, out var type) && type.MediaType.Equals(Tus.BodyType, StringComparison.OrdinalIgnoreCase)
            ? null
            : Problems.UnsupportedContentType(http.ContentType, Tus.BodyType);
}
