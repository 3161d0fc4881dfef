using System.Diagnostics;
using BillionHearts.Api.Data;
using BillionHearts.Api.Errors;
using BillionHearts.Api.Telemetry;
using BillionHearts.ServiceDefaults.Errors;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using Microsoft.Net.Http.Headers;
using Npgsql;

namespace BillionHearts.Api.Images;

/// <summary>
/// An upload, in order: read the form, its file going to the blob store as it arrives; then one commit of the image and the
/// work that follows; then the answer. The broker is not asked.
/// </summary>
internal sealed class ImageUploads(
    ImagesDbContext db, ContentIntake intake, ImageStore images, IOptions<UploadOptions> options, ApiTelemetry telemetry)
{
    public const string ContentType = "multipart/form-data";

    /// <summary>The longest that RFC 2046 allows.</summary>
    private const int MaxBoundaryLength = 70;

    /// <summary>The reader's own 4 KB make thousands of small reads, and hashes, of a photo.</summary>
    private const int ReadSize = 64 * 1024;

    private readonly UploadOptions _limits = options.Value;

    public static bool IsUpload(HttpRequest request) =>
        MediaTypeHeaderValue.TryParse(request.ContentType, out var type) && type.MediaType.Equals(ContentType, StringComparison.OrdinalIgnoreCase);

    public async Task<IResult> ReceiveAsync(HttpRequest request, CancellationToken cancellationToken)
    {
        var startedAt = Stopwatch.GetTimestamp();

        try
        {
            var (image, refusal) = await TryReceiveAsync(request, cancellationToken);

            if (image is null)
            {
                CountRefusal(refusal!, cancellationToken);
                return refusal!;
            }

            telemetry.Stored(image.FileType, image.FileSize, Stopwatch.GetElapsedTime(startedAt));
            return new ImageResult(image);
        }
        catch (Exception exception)
        {
            CountRefusal(ProblemMiddleware.From(exception, request), cancellationToken);
            throw;
        }
    }

    /// <summary>A form that ends too early is its client's mistake, unless the client has gone.</summary>
    private void CountRefusal(Problem problem, CancellationToken aborted)
    {
        if (aborted.IsCancellationRequested)
        {
            telemetry.Abandoned();
        }
        else if (problem.Status < 500)
        {
            telemetry.Refused(problem.Slug);
        }
        else
        {
            telemetry.Failed(problem.Slug);
        }
    }

    private async Task<(Image? Image, Problem? Refusal)> TryReceiveAsync(HttpRequest request, CancellationToken cancellationToken)
    {
        var maxBody = _limits.MaxBytes + UploadOptions.Envelope;

        if (request.ContentLength > maxBody)
        {
            return (null, UploadProblems.TooLarge(_limits.MaxBytes));
        }

        var boundary = HeaderUtilities.RemoveQuotes(MediaTypeHeaderValue.Parse(request.ContentType).Boundary);

        if (boundary.Length is 0 or > MaxBoundaryLength)
        {
            return (null, UploadProblems.MalformedForm($"the Content-Type must name a boundary of 1 to {MaxBoundaryLength} characters"));
        }

        if (request.HttpContext.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } size)
        {
            size.MaxRequestBodySize = maxBody;
        }

        var form = new UploadForm(intake, UserExistsAsync);

        try
        {
            return await form.ReadAsync(new MultipartReader(boundary.Value!, request.Body, ReadSize), cancellationToken) is { } refusal
                ? await RefuseAsync(form, refusal)
                : await CommitAsync(form);
        }
        catch (Exception exception) when (exception is IOException or InvalidDataException && RefusalOf(exception) is { } refusal)
        {
            return await RefuseAsync(form, refusal);
        }
        catch (Exception exception) when (!MayBeCommitted(exception))
        {
            await RefuseAsync(form, null);
            throw;
        }
    }

    private async Task<(Image? Image, Problem? Refusal)> CommitAsync(UploadForm form)
    {
        var content = form.Content!;
        var fileName = form.FileName ?? $"image.{content.Image.Type.Name}";
        var (outcome, image) = await images.AddAsync(form.UserId!.Value, fileName, content);

        return outcome is SaveOutcome.Saved ? (image, null) : await RefuseAsync(form, Problems.UserNotFound);
    }

    private async Task<(Image? Image, Problem? Refusal)> RefuseAsync(UploadForm form, Problem? refusal)
    {
        if (form.Content is { } content)
        {
            await intake.DiscardAsync(content.Key);
        }

        return (null, refusal);
    }

    private Problem? RefusalOf(Exception exception) => exception switch
    {
        BadHttpRequestException { StatusCode: StatusCodes.Status413PayloadTooLarge } => UploadProblems.TooLarge(_limits.MaxBytes),
        BadHttpRequestException => null,
        InvalidDataException => UploadProblems.MalformedForm("a part has too many or too long headers"),
        _ => UploadProblems.MalformedForm("it ends before its last boundary"),
    };

    /// <summary>
    /// Whether the commit may have gone through although it failed: the answer was lost, not the row. Its bytes must then
    /// stay; without a row they cost room and harm nothing.
    /// </summary>
    private static bool MayBeCommitted(Exception exception) => exception switch
    {
        PostgresException postgres => postgres.IsTransient,
        NpgsqlException or TimeoutException => true,
        _ => exception.InnerException is not null && MayBeCommitted(exception.InnerException),
    };

    private Task<bool> UserExistsAsync(long id, CancellationToken cancellationToken) => db.Users.AnyAsync(user => user.Id == id, cancellationToken);
}
