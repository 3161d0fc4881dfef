using BillionHearts.ServiceDefaults.Errors;

namespace BillionHearts.Api.Uploads.Idempotency;

/// <summary>The <c>Idempotency-Key</c> of a request: a key that the client chooses, so that a repeated request is not carried out twice.</summary>
internal sealed record IdempotencyKey
{
    public const string Header = "Idempotency-Key";

    private IdempotencyKey(string route, string value) => (Route, Value) = (route, value);

    /// <summary>Method and path. A trailing slash is removed, because the route is the same with and without it.</summary>
    public string Route { get; }

    public string Value { get; }

    /// <param name="key"><see langword="null"/> if the request has none.</param>
    public static Problem? Read(HttpRequest request, out IdempotencyKey? key)
    {
        key = null;
        var sent = request.Headers[Header];

        if (sent.Count is 0)
        {
            return null;
        }

        if (sent.Count > 1)
        {
            return Invalid($"was sent {sent.Count} times");
        }

        var value = sent[0] ?? "";

        if (value.Length is 0 or > IdempotencyRecordMapping.MaxKeyLength)
        {
            return Invalid($"has {value.Length} characters");
        }

        if (!value.All(character => character is >= '!' and <= '~'))
        {
            return Invalid("contains a space, a control character or a non-ASCII character");
        }

        key = new IdempotencyKey($"{request.Method} {request.Path.Value!.TrimEnd('/')}", value);

        return null;
    }

    private static Problem Invalid(string fault) => new(
        400, "idempotency-key-invalid", "Invalid Idempotency-Key",
        $"The {Header} header {fault}. It must be one value of 1 to {IdempotencyRecordMapping.MaxKeyLength} visible ASCII characters.");
}
