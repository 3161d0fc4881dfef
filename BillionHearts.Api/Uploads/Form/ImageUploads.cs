using BillionHearts.Api.Accounts.Access;
using BillionHearts.Api.Images;
using BillionHearts.Api.Platform.Data;
using BillionHearts.Api.Uploads.Admission;
using BillionHearts.Api.Uploads.Commit;
using BillionHearts.Api.Uploads.Digests;
using BillionHearts.Api.Uploads.Idempotency;
using BillionHearts.Api.Uploads.Intake;
using BillionHearts.ServiceDefaults.Errors;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Extensions.Options;
using Microsoft.Net.Http.Headers;

namespace BillionHearts.Api.Uploads.Form;

/// <summary>
/// An upload as a form, in order: read the form, its file going to the blob store as it arrives; then one commit of the image
/// and the work that follows; then the answer. The broker is not asked.
/// </summary>
internal sealed class ImageUploads(ImagesDbContext db, ContentIntake intake, ContentCommits commits, UploadAdmission admission, IOptions<UploadOptions> options)
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
        var (key, refusal) = IdempotencyKey.Read(request);
        var (expected, malformed) = ExpectedDigests.Read(request.Headers);
        var boundary = HeaderUtilities.RemoveQuotes(MediaTypeHeaderValue.Parse(request.ContentType).Boundary);

        refusal ??= malformed ?? (boundary.Length is 0 or > MaxBoundaryLength
            ? UploadProblems.MalformedForm($"the Content-Type must name a boundary of 1 to {MaxBoundaryLength} characters")
            : null);

        if (refusal is not null)
        {
            return admission.Gate.Refuse(refusal);
        }

        return await admission.Gate.AdmitAsync(request, _limits.MaxBytes + UploadOptions.Envelope, ReceiveBodyAsync, cancellationToken);

        async Task<ContentOutcome> ReceiveBodyAsync(CancellationToken cancel)
        {
            await using var digesting = expected.IsNone ? null : new DigestingStream(request.Body, expected);
            var form = new UploadForm(intake, async (user, token) => Caller.CheckUser(request.HttpContext, user) ?? await JudgeUserAsync(user, key, token));

            return await TryReadAsync(request.HttpContext, form, boundary.Value!, digesting ?? request.Body, cancel)
                ?? (digesting is null ? null : await DiscardAsync(form, await digesting.EndAsync(cancel)))
                ?? await CommitAsync(request, form, key);
        }
    }

    /// <returns>Why the form is not taken, or <see langword="null"/>. Nothing of it is left in the store then.</returns>
    private async Task<ContentOutcome?> TryReadAsync(HttpContext request, UploadForm form, string boundary, Stream body, CancellationToken cancellationToken)
    {
        try
        {
            var refusal = await form.ReadAsync(new MultipartReader(boundary, body, ReadSize), cancellationToken);

            // The user may have come after the file.
            return await DiscardAsync(form, refusal ?? Caller.CheckUser(request, form.UserId!.Value));
        }
        catch (Exception exception) when (exception is (IOException and not BadHttpRequestException and not ConnectionResetException) or InvalidDataException)
        {
            return await DiscardAsync(form, UploadProblems.MalformedForm(exception is InvalidDataException
                ? "a part has too many or too long headers"
                : "it ends before its last boundary"));
        }
        catch
        {
            await DiscardAsync(form);
            throw;
        }
    }

    private Task<ContentOutcome> CommitAsync(HttpRequest request, UploadForm form, IdempotencyKey? key)
    {
        var (user, content) = (form.UserId!.Value, form.Content!);
        var fileName = form.FileName ?? $"image.{content.Image.Type.Name}";
        var keyed = admission.Keyed(request, key, user, "file", fileName, content.Sha256);

        return commits.AddAsync(user, fileName, content, keyed);
    }

    /// <summary>A request that has its answer already is read to the end, to see that it is the same, whatever room the user has.</summary>
    private async Task<Problem?> JudgeUserAsync(long user, IdempotencyKey? key, CancellationToken cancellationToken) =>
        await db.HasAnswerAsync(user, key, cancellationToken) ? null : await admission.Quota.CheckAsync(user, images: 1, bytes: 1, cancellationToken);

    private async Task<ContentOutcome?> DiscardAsync(UploadForm form, Problem? refusal)
    {
        if (refusal is null)
        {
            return null;
        }

        await DiscardAsync(form);
        return ContentOutcome.Refused(refusal);
    }

    private Task DiscardAsync(UploadForm form) => form.Content is { } content ? intake.DiscardAsync(content.Key) : Task.CompletedTask;
}
