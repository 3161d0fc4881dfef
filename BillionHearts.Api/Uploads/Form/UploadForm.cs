using System.Globalization;
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

/// <summary>The parts of a multipart upload, in whatever order they come. The file is passed on as it arrives, never held.</summary>
/// <param name="judgeUser">Refuses a user whom the file is not worth taking for.</param>
internal sealed class UploadForm(ContentIntake intake, Func<long, CancellationToken, Task<Problem?>> judgeUser)
{
    private const int MaxParts = 16;
    private const int MaxFieldBytes = 4096;

    private static readonly UTF8Encoding s_utf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private readonly Dictionary<string, string[]> _errors = [];
    private readonly HashSet<string> _seen = [];
    private string? _sentFileName;

    public long? UserId { get; private set; }

    /// <summary>The chosen name, else the one the file came with.</summary>
    public string? FileName { get => field ?? _sentFileName; private set; }

    /// <summary>In the store from the moment it is set: whoever does not commit it must discard it.</summary>
    public StoredContent? Content { get; private set; }

    /// <returns>What is wrong with the form, or <see langword="null"/> when it is whole.</returns>
    public async Task<Problem?> ReadAsync(MultipartReader parts, CancellationToken cancellationToken)
    {
        for (var count = 1; await parts.ReadNextSectionAsync(cancellationToken) is { } part; count++)
        {
            if (count > MaxParts)
            {
                return UploadProblems.MalformedForm($"it has more than {MaxParts} parts");
            }

            if (await ReadPartAsync(part, cancellationToken) is { } refusal)
            {
                return refusal;
            }
        }

        Require("file");
        Require("user_id");
        return _errors.Count is 0 ? null : Problems.InvalidFields(_errors);
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
                return await ReadFileAsync(part, disposition, cancellationToken);

            case "user_id":
                UserId = ParseId(await ReadTextAsync(name, part, cancellationToken));
                return null;

            case "original_filename":
                FileName = CheckFileName(await ReadTextAsync(name, part, cancellationToken));
                return null;

            default:
                return Problems.InvalidField(Problems.Shorten(name), "is not a field of this request; it has file, user_id, original_filename");
        }
    }

    private async Task<Problem?> ReadFileAsync(MultipartSection part, ContentDispositionHeaderValue disposition, CancellationToken cancellationToken)
    {
        // What is known to be refused is refused before the bytes are taken.
        if (_errors.Count > 0)
        {
            return Problems.InvalidFields(_errors);
        }

        if (UserId is { } id && await judgeUser(id, cancellationToken) is { } unwanted)
        {
            return unwanted;
        }

        var (expected, malformed) = ExpectedDigests.Read(part.Headers);

        if (malformed is not null)
        {
            return malformed;
        }

        var sent = HeaderUtilities.RemoveQuotes(disposition.FileNameStar.HasValue ? disposition.FileNameStar : disposition.FileName).Value;
        _sentFileName = sent is null ? null : TextRules.CleanFileName(sent, ImageMapping.MaxFilenameLength) is { Length: > 0 } clean ? clean : null;

        (Content, var refusal) = await intake.ReceiveAsync(part.Body, expected, cancellationToken);
        return refusal;
    }

    private async Task<string?> ReadTextAsync(string name, MultipartSection part, CancellationToken cancellationToken)
    {
        var buffer = new byte[MaxFieldBytes + 1];
        var length = await part.Body.ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false, cancellationToken);

        if (length > MaxFieldBytes)
        {
            _errors[name] = [$"must have at most {MaxFieldBytes} bytes"];
            return null;
        }

        try
        {
            return s_utf8.GetString(buffer, 0, length);
        }
        catch (DecoderFallbackException)
        {
            _errors[name] = ["is not valid UTF-8 text"];
            return null;
        }
    }

    private long? ParseId(string? text)
    {
        if (WholeNumber.TryParse(text?.Trim(), out var id) && id > 0)
        {
            return id;
        }

        _errors.TryAdd("user_id", [$"must be a whole number between 1 and {long.MaxValue}, not '{Problems.Shorten(text ?? "")}'"]);
        return null;
    }

    private string? CheckFileName(string? name)
    {
        if (name is not null && TextRules.Fault(name, ImageMapping.MaxFilenameLength) is { } fault)
        {
            _errors["original_filename"] = [fault];
        }

        return name;
    }

    private void Require(string name)
    {
        if (!_seen.Contains(name))
        {
            _errors[name] = ["is required"];
        }
    }
}
