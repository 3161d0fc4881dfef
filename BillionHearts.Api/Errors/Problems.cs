using Microsoft.AspNetCore.WebUtilities;

namespace BillionHearts.Api.Errors;

/// <summary>The refusals that more than one feature gives. The <c>detail</c> texts of the original service are part of the contract.</summary>
internal static class Problems
{
    private static readonly TimeSpan s_retryAfter = TimeSpan.FromSeconds(2);

    public static readonly Problem UserNotFound = new(404, "user-not-found", "Not found", "User not found");

    public static readonly Problem ImageNotFound = new(404, "image-not-found", "Not found", "Image not found");

    public static readonly Problem DatabaseUnavailable = new(
        503, "database-unavailable", "Service unavailable", "The database does not answer at the moment. Try again.")
    { RetryAfter = s_retryAfter };

    public static readonly Problem BlobStoreUnavailable = new(
        503, "blob-store-unavailable", "Service unavailable", "The store of the images' bytes does not answer at the moment. Try again.")
    { RetryAfter = s_retryAfter };

    /// <summary>The row is there and its bytes are not. Not the caller's fault, so no 404.</summary>
    public static readonly Problem ContentMissing = new(
        500, "content-missing", "Internal server error", "The stored bytes of this image cannot be found. Quote the trace id when you report this.");

    public static readonly Problem Unexpected = new(
        500, "unexpected", "Internal server error", "The request failed for a reason that is not yours. Quote the trace id when you report this.");

    public static readonly Problem Busy = new(
        503, "busy", "Service unavailable", "Too many requests of this kind are being worked on. Try again.")
    { RetryAfter = s_retryAfter };

    public static Problem InvalidFields(IReadOnlyDictionary<string, string[]> errors) =>
        new(422, "invalid-fields", "Invalid fields", Sentence(errors)) { Errors = errors };

    public static Problem InvalidField(string name, string sentence) =>
        InvalidFields(new Dictionary<string, string[]> { [name] = [sentence] });

    public static Problem MalformedJson(string detail) => new(422, "malformed-json", "Malformed JSON", detail);

    public static Problem BodyTooLarge(long limit) =>
        new(413, "body-too-large", "Body too large", $"The request's body is larger than the {limit} bytes that are accepted here.");

    public static Problem UnsupportedContentType(string? contentType, string accepted) => new(
        415, "unsupported-content-type", "Unsupported content type",
        contentType is null
            ? $"The request has no Content-Type; {accepted} is accepted here."
            : $"The Content-Type is '{Shorten(contentType)}'; {accepted} is accepted here.");

    public static Problem UnsupportedEncoding(string encoding) => new(
        415, "unsupported-content-encoding", "Unsupported content encoding",
        $"The Content-Encoding is '{Shorten(encoding)}'; bodies are accepted as they are, without one.");

    /// <summary>For an answer that has a status and nothing else, such as an unknown route.</summary>
    public static Problem OfStatus(int status, HttpRequest request)
    {
        var title = ReasonPhrases.GetReasonPhrase(status) is { Length: > 0 } phrase ? phrase : "Error";
        var detail = status switch
        {
            404 => "There is nothing at this address.",
            405 => $"{request.Method} is not possible at this address; the Allow header names what is.",
            416 => "The Range header asks for bytes that the image does not have; Content-Range names how many it has.",
            408 => "The request's body arrived too slowly.",
            413 => "The request's body is larger than what is accepted here.",
            _ => $"The request was answered with {status} ({title}).",
        };

        return new Problem(status, title.ToLowerInvariant().Replace(' ', '-'), title, detail);
    }

    /// <summary>Text of a caller inside a sentence of ours: not more of it than is needed to recognise it.</summary>
    public static string Shorten(string text) => text.Length <= 100 ? text : string.Concat(text.AsSpan(0, 100), "…");

    private static string Sentence(IReadOnlyDictionary<string, string[]> errors)
    {
        var all = errors.SelectMany(field => field.Value.Select(sentence => $"{field.Key} {sentence}")).ToList();
        return all.Count is 1 ? $"{all[0]}." : $"{all[0]} (and {all.Count - 1} more: see errors).";
    }
}
