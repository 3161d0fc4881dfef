using System.Text;
using BillionHearts.Api.Platform.Data;
using BillionHearts.Api.Platform.Errors;
using BillionHearts.Api.Platform.Input;
using BillionHearts.Api.Uploads.Digests;
using BillionHearts.Api.Uploads.Intake;
using BillionHearts.ServiceDefaults.Errors;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Net.Http.Headers;

namespace BillionHearts.Api.Uploads.Form;

/// <summary>
/// Reads the parts of a multipart upload in any order. The file is read as a stream, between
/// <see cref="ReadToFileAsync"/> and <see cref="ReadRestAsync"/>; it is never held in memory.
/// </summary>
internal sealed class UploadForm(string boundary, Stream body)
{
    private const int MaxParts = 16;
    private const int MaxFieldBytes = 4096;

    /// <summary>The reader's default of 4 KB would mean thousands of small reads and hash calls for a photo.</summary>
    private const int ReadSize = 64 * 1024;

    private static readonly UTF8Encoding s_utf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private readonly MultipartReader _parts = new(boundary, body, ReadSize);
    private readonly FieldErrors _errors = new();
    private readonly HashSet<string> _seen = [];
    private string? _sentFileName;
    private int _count;

    public long? UserId { get; private set; }

    /// <summary>The <c>original_filename</c> field, or else the file name in the file's part.</summary>
    public string? FileName { get => field ?? _sentFileName; private set; }

    public MultipartSection? File { get; private set; }

    /// <summary>The hashes in the headers of the file's part.</summary>
    public ExpectedDigests FileDigests { get; private set; } = ExpectedDigests.None;

    /// <summary>Reads the fields up to the file. If there is no problem, <see cref="File"/> is set.</summary>
    public async Task<Problem?> ReadToFileAsync(CancellationToken cancellationToken)
    {
        if (await ReadPartsAsync(untilFile: true, cancellationToken) is { } refusal)
        {
            return refusal;
        }

        Require("file");
        if (File is null)
        {
            Require("user_id");
        }

        // If a field is already invalid, the upload is refused before the file is read.
        return _errors.Problem;
    }

    /// <summary>Reads the fields after the file. The file's stream must have been read.</summary>
    public async Task<Problem?> ReadRestAsync(CancellationToken cancellationToken)
    {
        if (await ReadPartsAsync(untilFile: false, cancellationToken) is { } refusal)
        {
            return refusal;
        }

        Require("user_id");

        return _errors.Problem;
    }

    private async Task<Problem?> ReadPartsAsync(bool untilFile, CancellationToken cancellationToken)
    {
        while (await _parts.ReadNextSectionAsync(cancellationToken) is { } part)
        {
            if (++_count > MaxParts)
            {
                return UploadProblems.MalformedForm($"it has more than {MaxParts} parts");
            }

            if (await ReadPartAsync(part, cancellationToken) is { } refusal)
            {
                return refusal;
            }

            if (untilFile && File is not null)
            {
                break;
            }
        }

        return null;
    }

    private async Task<Problem?> ReadPartAsync(MultipartSection part, CancellationToken cancellationToken)
    {
        if (!ContentDispositionHeaderValue.TryParse(part.ContentDisposition, out var disposition) || disposition.Name.Length is 0)
        {
            return UploadProblems.MalformedForm("a part has no Content-Disposition with a name");
        }

        var name = HeaderUtilities.RemoveQuotes(disposition.Name).ToString();
        if (!_seen.Add(name))
        {
            return Problems.InvalidField(Problems.Shorten(name), "appears more than once");
        }

        switch (name)
        {
            case "file":
                return OpenFile(part, disposition);
            case "user_id":
                UserId = ParseId(await ReadTextAsync(name, part, cancellationToken));
                return null;
            case "original_filename":
                FileName = CheckFileName(await ReadTextAsync(name, part, cancellationToken));
                return null;
            default:
                return Problems.InvalidField(Problems.Shorten(name), "is not a field of this request. The fields are file, user_id, original_filename");
        }
    }

    private Problem? OpenFile(MultipartSection part, ContentDispositionHeaderValue disposition)
    {
        if (!ExpectedDigests.Read(part.Headers).TryGet(out var digests, out var malformed))
        {
            return malformed;
        }

        var sent = HeaderUtilities.RemoveQuotes(disposition.FileNameStar.HasValue ? disposition.FileNameStar : disposition.FileName).Value;
        _sentFileName = sent is null ? null : TextRules.CleanFileName(sent, ImageMapping.MaxFilenameLength) is { Length: > 0 } clean ? clean : null;
        (File, FileDigests) = (part, digests);

        return null;
    }

    private async Task<string?> ReadTextAsync(string name, MultipartSection part, CancellationToken cancellationToken)
    {
        var buffer = new byte[MaxFieldBytes + 1];
        var length = await part.Body.ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false, cancellationToken);
        if (length > MaxFieldBytes)
        {
            _errors.Add(name, $"must have at most {MaxFieldBytes} bytes");
            return null;
        }

        try
        {
            return s_utf8.GetString(buffer, 0, length);
        }
        catch (DecoderFallbackException)
        {
            _errors.Add(name, "is not valid UTF-8 text");
            return null;
        }
    }

    private long? ParseId(string? text)
    {
        if (WholeNumber.TryParse(text?.Trim(), out var id) && id > 0)
        {
            return id;
        }

        if (!_errors.Has("user_id"))
        {
            _errors.Add("user_id", FieldErrors.NotWhole(1, long.MaxValue, $"'{Problems.Shorten(text ?? "")}'"));
        }

        return null;
    }

    private string? CheckFileName(string? name)
    {
        if (name is not null && TextRules.Fault(name, ImageMapping.MaxFilenameLength) is { } fault)
        {
            _errors.Add("original_filename", fault);
        }

        return name;
    }

    private void Require(string name)
    {
        if (!_seen.Contains(name))
        {
            _errors.Add(name, "is required");
        }
    }
}
