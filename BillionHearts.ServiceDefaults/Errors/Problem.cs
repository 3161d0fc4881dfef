using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.WebUtilities;

namespace BillionHearts.ServiceDefaults.Errors;

/// <summary>A refusal as RFC 9457 describes it. Every error that a service answers with is written here, so that all have one form.</summary>
/// <param name="Slug">Last part of the problem's <c>type</c>, and stable.</param>
/// <param name="Detail">A sentence for the caller; names the limit and the value where there is one.</param>
public sealed record Problem(int Status, string Slug, string Title, string Detail) : IResult, IStatusCodeHttpResult
{
    public const string ContentType = "application/problem+json";

    private const string TypeBase = "https://billionhearts.dev/problems/";

    public static readonly Problem Unexpected = new(
        500, "unexpected", "Internal server error", "The request failed for a reason that is not yours. Quote the trace id when you report this.");

    public static readonly Problem DatabaseUnavailable = new(
        503, "database-unavailable", "Service unavailable", "The database does not answer at the moment. Try again.")
    { RetryAfter = TimeSpan.FromSeconds(2) };

    /// <summary>What is wrong with which field.</summary>
    public IReadOnlyDictionary<string, string[]>? Errors { get; init; }

    public TimeSpan? RetryAfter { get; init; }

    /// <summary>How to authenticate: the <c>WWW-Authenticate</c> of a 401.</summary>
    public string? Challenge { get; init; }

    int? IStatusCodeHttpResult.StatusCode => Status;

    /// <summary>For an answer that has a status and nothing else, such as an unknown route.</summary>
    public static Problem OfStatus(int status, HttpRequest request)
    {
        var title = ReasonPhrases.GetReasonPhrase(status) is { Length: > 0 } phrase ? phrase : "Error";
        var detail = status switch
        {
            404 => "There is nothing at this address.",
            405 => $"{request.Method} is not possible at this address; the Allow header names what is.",
            408 => "The request's body arrived too slowly.",
            413 => "The request's body is larger than what is accepted here.",
            416 => "The Range header asks for bytes that the image does not have; Content-Range names how many it has.",
            _ => $"The request was answered with {status} ({title}).",
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
        await response.WriteAsJsonAsync(body, (JsonSerializerOptions?)null, ContentType, httpContext.RequestAborted);
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
