using System.Diagnostics;
using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace BillionHearts.Notifications.Errors;

/// <summary>A refusal as RFC 9457 describes it, in the form that the api gives it too.</summary>
internal sealed record Problem(int Status, string Slug, string Title, string Detail) : IResult, IStatusCodeHttpResult
{
    private const string TypeBase = "https://billionhearts.dev/problems/";

    public TimeSpan? RetryAfter { get; init; }

    int? IStatusCodeHttpResult.StatusCode => Status;

    public async Task ExecuteAsync(HttpContext httpContext)
    {
        var response = httpContext.Response;
        response.StatusCode = Status;
        response.Headers.CacheControl = "no-store";

        if (RetryAfter is { } retryAfter)
        {
            response.Headers.RetryAfter = ((int)retryAfter.TotalSeconds).ToString(CultureInfo.InvariantCulture);
        }

        var body = new ProblemBody(
            TypeBase + Slug, Title, Status, Detail, Activity.Current?.TraceId.ToHexString() ?? httpContext.TraceIdentifier);
        await response.WriteAsJsonAsync(body, ProblemJson.Readable.ProblemBody, "application/problem+json", httpContext.RequestAborted);
    }
}

internal sealed record ProblemBody(string Type, string Title, int Status, string Detail, string TraceId);

[JsonSerializable(typeof(ProblemBody))]
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
internal sealed partial class ProblemJson : JsonSerializerContext
{
    /// <summary>Quotes stay quotes: the body is never taken for HTML, and people read it.</summary>
    public static ProblemJson Readable { get; } = new(
        new JsonSerializerOptions(JsonSerializerDefaults.Web) { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });
}
