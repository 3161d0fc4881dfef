using BillionHearts.Api.Images;
using BillionHearts.Api.Platform.Data;
using BillionHearts.Api.Platform.Errors;
using BillionHearts.Api.Platform.Input;
using BillionHearts.Api.Uploads.Intake;
using BillionHearts.ServiceDefaults.Errors;

namespace BillionHearts.Api.Uploads.Resumable;

/// <summary>A client's request to create an upload.</summary>
/// <param name="Filename">Empty if none was given.</param>
internal sealed record NewUpload(long UserId, string Filename, long Length, string Metadata)
{
    private const string UserIdKey = "user_id";
    private const string FilenameKey = "filename";
    private const string FiletypeKey = "filetype";

    /// <summary>Sent by clients that do not know the type.</summary>
    private const string AnyType = "application/octet-stream";

    public static Outcome<NewUpload> Read(IHeaderDictionary headers, UploadOptions limits)
    {
        if (ReadLength(headers, limits, out var length) is { } refusal)
        {
            return refusal;
        }

        var metadata = headers[Tus.Headers.Metadata].ToString();
        var values = new Dictionary<string, string>();

        if (metadata.Length > 0 && !UploadMetadata.TryRead(metadata, values, out var fault))
        {
            return TusProblems.Header(Tus.Headers.Metadata, fault);
        }

        if (!values.TryGetValue(UserIdKey, out var user))
        {
            return Problems.InvalidField(UserIdKey, $"is required in {Tus.Headers.Metadata}");
        }

        if (!WholeNumber.TryParse(user, out var userId) || userId is 0)
        {
            return Problems.InvalidField(UserIdKey, $"must be a whole number between 1 and {long.MaxValue}, not '{Problems.Shorten(user)}'");
        }

        // Checked only to save the client from sending the bytes: the type that counts is read from them.
        if (values.TryGetValue(FiletypeKey, out var type) && type is not ("" or AnyType) && !FileType.TryParse(type, out _))
        {
            return new Problem(
                415, "unsupported-image", "Unsupported image", $"The file type '{Problems.Shorten(type)}' is not supported. Accepted: {FileType.Names}.");
        }

        var name = TextRules.CleanFileName(values.GetValueOrDefault(FilenameKey, ""), ImageMapping.MaxFilenameLength);
        return new NewUpload(userId, name, length, metadata);
    }

    private static Problem? ReadLength(IHeaderDictionary headers, UploadOptions limits, out long length)
    {
        length = 0;

        if (headers.ContainsKey(Tus.Headers.Concat))
        {
            return TusProblems.Concatenation;
        }

        if (headers.ContainsKey(Tus.Headers.DeferLength))
        {
            return TusProblems.LengthDeferred;
        }

        if (TusNumber.Read(headers, Tus.Headers.Length, out length) is { } refusal)
        {
            return refusal;
        }

        if (length is 0)
        {
            return UploadProblems.Empty;
        }

        return length > limits.MaxBytes ? TusProblems.TooLarge(length, limits.MaxBytes) : null;
    }
}
