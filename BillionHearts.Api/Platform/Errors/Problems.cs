using BillionHearts.ServiceDefaults.Errors;

namespace BillionHearts.Api.Platform.Errors;

/// <summary>Problems that more than one feature returns. The <c>detail</c> texts of the original service are part of the contract.</summary>
internal static class Problems
{
    private static readonly TimeSpan s_retryAfter = TimeSpan.FromSeconds(2);

    public static readonly Problem UserNotFound = new(404, "user-not-found", "Not found", "User not found");

    public static readonly Problem ImageNotFound = new(404, "image-not-found", "Not found", "Image not found");

    public static readonly Problem NoImages = new(404, "no-images", "Not found", "No images found for this user");

    public static readonly Problem BlobStoreUnavailable = new(
        503, "blob-store-unavailable", "Service unavailable", "The blob store does not answer at the moment. Try again.")
    { RetryAfter = s_retryAfter };

    /// <summary>The row exists, but its bytes are missing. Not the caller's fault, so not a 404.</summary>
    public static readonly Problem ContentMissing = new(
        500, "content-missing", "Internal server error", "The stored bytes of this image are missing. Quote the trace id when you report this.");

    /// <summary>The stored bytes exist, but differ from the uploaded ones.</summary>
    public static readonly Problem Integrity = new(
        500, "integrity", "Internal server error",
        "The stored bytes of this image differ from the uploaded ones: their SHA-256 does not match. Keep your own copy, and quote the trace id when you report this.");

    public static readonly Problem Busy = new(
        503, "busy", "Service unavailable", "The server is busy with too many requests of this kind. Try again.")
    { RetryAfter = s_retryAfter };

    public static Problem InvalidFields(IReadOnlyDictionary<string, string[]> errors) =>
        new(422, "invalid-fields", "Invalid fields", Sentence(errors)) { Errors = errors };

    public static Problem InvalidField(string name, string sentence) =>
        InvalidFields(new Dictionary<string, string[]> { [name] = [sentence] });

    public static Problem MalformedJson(string detail) => new(422, "malformed-json", "Malformed JSON", detail);

    public static Problem BodyTooLarge(long limit) =>
        new(413, "body-too-large", "Body too large", $"The request body is too large: this address accepts at most {limit} bytes.");

    public static Problem UnsupportedContentType(string? contentType, string accepted) => new(
        415, "unsupported-content-type", "Unsupported content type",
        contentType is null
            ? $"The request has no Content-Type. This address accepts {accepted}."
            : $"The Content-Type '{Shorten(contentType)}' is not supported. This address accepts {accepted}.");

    public static Problem UnsupportedEncoding(string encoding) => new(
        415, "unsupported-content-encoding", "Unsupported content encoding",
        $"The Content-Encoding '{Shorten(encoding)}' is not supported. Send the body without a Content-Encoding.");

    /// <summary>Shortens a caller's text for an error message: enough of it remains to recognise it.</summary>
    public static string Shorten(string text) => text.Length <= 100 ? text : string.Concat(text.AsSpan(0, 100), "…");

    private static string Sentence(IReadOnlyDictionary<string, string[]> errors)
    {
        var all = errors.SelectMany(field => field.Value.Select(sentence => $"{field.Key} {sentence}")).ToList();
        return all.Count is 1 ? $"{all[0]}." : $"{all[0]} (and {all.Count - 1} more: see errors).";
    }
}
