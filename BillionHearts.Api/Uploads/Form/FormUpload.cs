using BillionHearts.Api.Accounts.Access;
using BillionHearts.Api.Images;
using BillionHearts.Api.Platform.Errors;
using BillionHearts.Api.Uploads.Admission;
using BillionHearts.Api.Uploads.Commit;
using BillionHearts.Api.Uploads.Digests;
using BillionHearts.Api.Uploads.Idempotency;
using BillionHearts.Api.Uploads.Intake;
using BillionHearts.ServiceDefaults.Errors;

namespace BillionHearts.Api.Uploads.Form;

/// <summary>
/// An upload as a form, in this order: headers, admission, the fields before the file, the file into the store, the fields after it, one
/// commit of the image and its work for analysis, and the answer. The broker is not involved.
/// </summary>
internal sealed class FormUpload(UploadAdmission admission, ContentIntake intake, ContentCommits commits)
{
    public async Task<Outcome<UploadAnswer>> ReceiveAsync(HttpRequest request)
    {
        if (!UploadHeaders.Read(request).TryGet(out var headers, out var refusal)
            || !FormRequest.ReadBoundary(request).TryGet(out var boundary, out refusal)
            || !admission.AdmitBody(request, UploadOptions.Envelope).TryGet(out var admitted, out refusal))
        {
            return refusal;
        }

        using (admitted)
        {
            try
            {
                return await ReceiveAsync(request, headers, boundary, admitted);
            }
            catch (Exception exception) when (FormRequest.Explain(exception) is { } malformed)
            {
                return malformed;
            }
            catch (Exception exception) when (admitted.Explain(exception) is { } ended)
            {
                return ended;
            }
        }
    }

    private async Task<Outcome<UploadAnswer>> ReceiveAsync(HttpRequest request, UploadHeaders headers, string boundary, AdmittedUpload admitted)
    {
        await using var body = DigestingStream.Open(request.Body, headers.Digests);
        var form = new UploadForm(boundary, body);

        // If user_id comes before the file, the user is checked before the file is read.
        if (await form.ReadToFileAsync(admitted.Token) is { } early
            || (form.UserId is { } user && (early = await CheckUserAsync(request, user, headers.Key, admitted.Token)) is not null))
        {
            return early;
        }

        if (!(await intake.StageAsync(form.File!.Body, form.FileDigests, admitted.Token)).TryGet(out var staged, out var refusal))
        {
            return refusal;
        }

        await using (staged)
        {
            if ((await form.ReadRestAsync(admitted.Token) ?? Caller.CheckUser(request.HttpContext, form.UserId ?? 0) ?? await body.EndAsync(admitted.Token)) is { } late)
            {
                return late;
            }

            var (owner, fileName) = (form.UserId!.Value, form.FileName ?? $"image.{staged.Content.Image.Type.Name}");
            var keyed = KeyedRequest.From(request, headers.Key, owner, "file", fileName, staged.Content.Sha256);

            return admitted.Record(await commits.AddAsync(owner, fileName, staged, keyed));
        }
    }

    private async Task<Problem?> CheckUserAsync(HttpRequest request, long user, IdempotencyKey? key, CancellationToken cancellationToken) =>
        Caller.CheckUser(request.HttpContext, user) ?? await admission.CheckUserAsync(user, key, images: 1, bytes: 1, cancellationToken);
}
