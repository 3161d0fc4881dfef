using BillionHearts.ServiceDefaults.Errors;

namespace BillionHearts.Notifications.Errors;

internal static class Problems
{
    public static readonly Problem UserNotFound = new(404, "user-not-found", "Not found", "User not found");

    public static readonly Problem UsersUnavailable = new(
        503, "users-unavailable", "Service unavailable", "The service that knows the users does not answer at the moment. Try again.")
    { RetryAfter = TimeSpan.FromSeconds(2) };

    public static readonly Problem MailIsOff = new(404, "mail-is-off", "Not found", "This installation sends no mail.");

    public static readonly Problem NoMail = new(404, "no-mail-address", "Not found", "This user has no address for digests.");

    public static readonly Problem CodeJustSent = new(
        429, "code-just-sent", "Too many requests", "A code was sent less than a minute ago. Wait a minute before asking for another.")
    { RetryAfter = TimeSpan.FromMinutes(1) };

    public static readonly Problem MailUnavailable = new(
        503, "mail-unavailable", "Service unavailable", "The mail server does not accept mail at the moment. Try again in a minute.")
    { RetryAfter = TimeSpan.FromMinutes(1) };

    public static Problem WrongCode(int limit) => new(
        422, "wrong-code", "Wrong code", $"The code is wrong or older than an hour, or {limit} wrong ones were tried, which is the limit. Set the address again for a new one.");

    public static Problem InvalidLastEventId(string value) => new(
        422, "invalid-last-event-id", "Invalid Last-Event-ID",
        $"Last-Event-ID must be a whole number from 0 to {long.MaxValue}, not '{Shorten(value)}'.");

    public static Problem TooManyStreams(int limit) => new(
        429, "too-many-streams", "Too many streams",
        $"This user already has {limit} event streams open, which is the limit. Close one, or share one between tabs.")
    { RetryAfter = TimeSpan.FromSeconds(5) };

    public static Problem StreamsExhausted(int limit) => new(
        503, "streams-exhausted", "Service unavailable", $"All {limit} event streams of this replica are in use. Try again.")
    { RetryAfter = TimeSpan.FromSeconds(5) };

    public static Problem InvalidFields(IReadOnlyDictionary<string, string[]> errors)
    {
        var all = errors.SelectMany(field => field.Value.Select(sentence => $"{field.Key} {sentence}")).ToList();

        return new(422, "invalid-fields", "Invalid fields", all.Count is 1 ? $"{all[0]}." : $"{all[0]} (and {all.Count - 1} more: see errors).") { Errors = errors };
    }

    public static Problem InvalidField(string name, string sentence) => InvalidFields(new Dictionary<string, string[]> { [name] = [sentence] });

    public static Problem BodyTooLarge(int limit) =>
        new(413, "body-too-large", "Body too large", $"The request body is too large: this address accepts at most {limit} bytes.");

    public static Problem UnsupportedContentType(string? contentType) => new(
        415, "unsupported-content-type", "Unsupported content type",
        $"The body must be application/json, not {(string.IsNullOrEmpty(contentType) ? "without a Content-Type" : Shorten(contentType))}.");

    public static Problem MalformedJson(string detail) => new(422, "malformed-json", "Malformed JSON", detail);

    public static Problem TooManyRequests(TimeSpan? retryAfter) => new(
        429, "too-many-requests", "Too many requests", "This user or address has sent too many requests. Try again later.")
    { RetryAfter = retryAfter ?? TimeSpan.FromSeconds(1) };

    public static string Shorten(string text) => text.Length <= 40 ? text : string.Concat(text.AsSpan(0, 40), "…");
}
