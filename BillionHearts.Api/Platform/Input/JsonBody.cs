using System.Buffers;
using System.Text.Json;
using BillionHearts.Api.Platform.Errors;
using Microsoft.Net.Http.Headers;

namespace BillionHearts.Api.Platform.Input;

/// <summary>Reads the JSON object of a request, for every route that accepts JSON.</summary>
internal static class JsonBody
{
    public const string ContentType = "application/json";

    /// <summary>Nearly all requests have a few flat fields; a longer one is a mistake or an attack.</summary>
    private const int MaxBytes = 64 * 1024;

    private const int MaxDepth = 8;

    private static readonly JsonDocumentOptions s_options = new() { MaxDepth = MaxDepth };

    /// <summary>Calls <paramref name="read"/> with the fields. All errors, and every field that it does not declare, are reported in one problem.</summary>
    public static async Task<Outcome<T>> ReadAsync<T>(
        HttpRequest request, Func<FieldReader, T> read, CancellationToken cancellationToken, int maxBytes = MaxBytes)
        where T : class
    {
        if (!IsJson(request))
        {
            return Problems.UnsupportedContentType(request.ContentType, ContentType);
        }

        if (await ReadBytesAsync(request, maxBytes, cancellationToken) is not { } bytes)
        {
            return Problems.BodyTooLarge(maxBytes);
        }

        try
        {
            using var document = JsonDocument.Parse(bytes, s_options);

            if (document.RootElement.ValueKind is not JsonValueKind.Object)
            {
                return Problems.MalformedJson($"The body must be a JSON object, not {JsonText.Describe(document.RootElement)}.");
            }

            var fields = new FieldReader(document.RootElement);
            var value = read(fields);
            fields.RefuseUndeclared();

            return fields.Errors.Problem is { } refusal ? refusal : value;
        }
        catch (JsonException exception)
        {
            return Problems.MalformedJson(bytes.Length is 0
                ? "The body is empty; a JSON object is expected."
                : $"The body is not JSON, or nested deeper than {MaxDepth} levels: see line {exception.LineNumber + 1}, byte {exception.BytePositionInLine + 1}.");
        }
    }

    public static bool IsJson(HttpRequest request) =>
        request.HasJsonContentType()
        && (MediaTypeHeaderValue.Parse(request.ContentType!).Charset is not { Length: > 0 } charset
            || charset.Equals("utf-8", StringComparison.OrdinalIgnoreCase) || charset.Equals("\"utf-8\"", StringComparison.OrdinalIgnoreCase));

    /// <returns><see langword="null"/> when the body is too large.</returns>
    private static async Task<byte[]?> ReadBytesAsync(HttpRequest request, int maxBytes, CancellationToken cancellationToken)
    {
        if (request.ContentLength > maxBytes)
        {
            return null;
        }

        while (true)
        {
            var result = await request.BodyReader.ReadAsync(cancellationToken);
            var buffer = result.Buffer;

            if (buffer.Length > maxBytes)
            {
                request.BodyReader.AdvanceTo(buffer.End);
                return null;
            }

            if (result.IsCompleted)
            {
                var bytes = buffer.ToArray();
                request.BodyReader.AdvanceTo(buffer.End);
                return bytes;
            }

            request.BodyReader.AdvanceTo(buffer.Start, buffer.End);
        }
    }
}
