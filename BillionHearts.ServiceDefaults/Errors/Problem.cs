using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.WebUtilities;

namespace BillionHearts.ServiceDefaults.Errors;

/// <summary>An error response as RFC 9457 describes it. Every error response of a service is written here, so that all have one form.</summary>
/// <param name="Slug">Last part of the problem's <c>type</c>. It never changes.</param>
/// <param name="Detail">A sentence for the caller; names the limit and the value where there is one.</param>
public sealed record Problem(int Status, string Slug, string Title, string Detail) : IResult, IStatusCodeHttpResult
{
    public const string ContentType = "application/problem+json";

    private const string TypeBase = "https://billionhearts.dev/problems/";

    public static readonly Problem Unexpected = new(
        500, "unexpected", "Internal server error", "Something went wrong on our side. Quote the trace id when you report this.");

    public static readonly Problem DatabaseUnavailable = new(
        503, "database-unavailable", "Service unavailable", "The database does not answer at the moment. Try again.")
    { RetryAfter = TimeSpan.FromSeconds(2) };

    /// <summary>The faults of each field.</summary>
    public IReadOnlyDictionary<string, string[]>? Errors { get; init; }

    public TimeSpan? RetryAfter { get; init; }

    /// <summary>How to authenticate: the <c>WWW-Authenticate</c> of a 401.</summary>
    public string? Challenge { get; init; }

    int? IStatusCodeHttpResult.StatusCode => Status;

    /// <summary>For a response that has only a status, such as that of an unknown route.</summary>
    public static Problem OfStatus(int status, HttpRequest request)
    {
        var title = ReasonPhrases.GetReasonPhrase(status) is { Length: > 0 } phrase ? phrase : "Error";
        var detail = status switch
        {
            404 => "There is nothing at this address.",
            405 => $"{request.Method} is not allowed at this address. The Allow header lists the methods that are.",
            408 => "The request body arrived too slowly.",
            413 => "The request body is larger than the limit for this address.",
            416 => "The Range header asks for bytes beyond the end of the image. Content-Range has its size.",
            _ => $"The request failed with status {status} ({title}).",
        };

        return new Problem(status, title.ToLowerInvariant().Replace(' ', '-'), title, detail);
    }

    public async Task ExecuteAsync(HttpContext httpContext)
    {
        var response = httpContext.Response;
        response.StatusCode = Status;
        response.Headers.CacheControl = "no-store";

        if (RetryAfter is { } retryAfter)
        {
            response.Headers.RetryAfter = ((int)retryAfter.TotalSeconds).ToString(CultureInfo.InvariantCulture);
        }

        if (Challenge is not null)
        {
            response.Headers.WWWAuthenticate = Challenge;
        }

        var traceId = Activity.Current?.TraceId.ToHexString() ?? httpContext.TraceIdentifier;
        var body = new ProblemBody(TypeBase + Slug, Title, Status, Detail, traceId, Errors);
        // Without a token: then a client that has left is no exception.
        await response.WriteAsJsonAsync(body, (JsonSerializerOptions?)null, ContentType);
    }
}

/// <summary>The body of a <see cref="Problem"/>. Public for the API's description.</summary>
public sealed record ProblemBody(
    [property: JsonPropertyName("type")] string Type,
    [property: JsonPropertyName("title")] string Title,
    [property: JsonPropertyName("status")] int Status,
    [property: JsonPropertyName("detail")] string Detail,
    [property: JsonPropertyName("traceId")] string TraceId,
    [property: JsonPropertyName("errors"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    IReadOnlyDictionary<string, string[]>? Errors);
