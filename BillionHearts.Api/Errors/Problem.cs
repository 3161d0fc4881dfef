using System.Diagnostics;
using System.Globalization;
using System.Text.Json.Serialization;
using Microsoft.Net.Http.Headers;

namespace BillionHearts.Api.Errors;

/// <summary>A refusal as RFC 9457 describes it. Every error that this service answers with is written here.</summary>
internal sealed record Problem(int Status, string Slug, string Title, string Detail) : IResult, IStatusCodeHttpResult
{
    public const string ContentType = "application/problem+json";

    private const string TypeBase = "https://billionhearts.dev/problems/";

    /// <summary>What is wrong with which field.</summary>
    public IReadOnlyDictionary<string, string[]>? Errors { get; init; }

    public TimeSpan? RetryAfter { get; init; }

    int? IStatusCodeHttpResult.StatusCode => Status;

    public async Task ExecuteAsync(HttpContext httpContext)
    {
        var response = httpContext.Response;
        response.StatusCode = Status;
        response.Headers.CacheControl = "no-store";

        if (RetryAfter is { } retryAfter)
        {
            response.Headers[HeaderNames.RetryAfter] = ((int)retryAfter.TotalSeconds).ToString(CultureInfo.InvariantCulture);
        }

        var body = new ProblemBody(TypeBase + Slug, Title, Status, Detail, TraceId(httpContext), Errors);
        await response.WriteAsJsonAsync(body, (System.Text.Json.JsonSerializerOptions?)null, ContentType, httpContext.RequestAborted);
    }

    private static string TraceId(HttpContext context) => Activity.Current?.TraceId.ToHexString() ?? context.TraceIdentifier;
}

internal sealed record ProblemBody(
    [property: JsonPropertyName("type")] string Type,
    [property: JsonPropertyName("title")] string Title,
    [property: JsonPropertyName("status")] int Status,
    [property: JsonPropertyName("detail")] string Detail,
    [property: JsonPropertyName("traceId")] string TraceId,
    [property: JsonPropertyName("errors"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    IReadOnlyDictionary<string, string[]>? Errors);
