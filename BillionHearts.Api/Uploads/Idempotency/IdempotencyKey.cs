using BillionHearts.ServiceDefaults.Errors;

namespace BillionHearts.Api.Uploads.Idempotency;

/// <summary>The <c>Idempotency-Key</c> of a request: a name that its sender gives it, to send it again without doing it again.</summary>
internal sealed record IdempotencyKey
{
    public const string Header = "Idempotency-Key";

    private IdempotencyKey(string route, string value) => (Route, Value) = (route, value);

    /// <summary>Method and path without a trailing slash, which names the same route.</summary>
    public string Route { get; }

    public string Value { get; }

    /// <returns>No key and no refusal when the request has none.</returns>
    public static (IdempotencyKey? Key, Problem? Refusal) Read(HttpRequest request)
    {
        var sent = request.Headers[Header];

        if (sent.Count is 0)
        {
            return (null, null);
        }

        if (sent.Count > 1)
        {
            return (null, Invalid($"was sent {sent.Count} times"));
        }

        var value = sent[0] ?? "";

        if (value.Length is 0 or > IdempotencyRecordMapping.MaxKeyLength)
        {
            return (null, Invalid($"has {value.Length} characters"));
        }

        return value.All(character => character is >= '!' and <= '~')
            ? (new IdempotencyKey($"{request.Method} {request.Path.Value!.TrimEnd('/')}", value), null)
            : (null, Invalid("has a space, a control character or a character beyond ASCII"));
    }

    private static Problem Invalid(string fault) => new(
        400, "idempotency-key-invalid", "Invalid Idempotency-Key",
        $"The {Header} header {fault}; it must be one value of 1 to {IdempotencyRecordMapping.MaxKeyLength} visible ASCII characters.");
}
