using BillionHearts.Api.Platform.Http;

namespace BillionHearts.Api.Uploads.Idempotency;

/// <summary>What was answered the first time, word for word, and marked as said again.</summary>
internal sealed record ReplayedAnswer(int Status, string Body) : IResult
{
    public const string Header = "Idempotency-Replayed";

    public Task ExecuteAsync(HttpContext httpContext)
    {
        httpContext.Response.Headers[Header] = "true";
        return new RenderedImage(System.Text.Encoding.UTF8.GetBytes(Body)) { Status = Status }.ExecuteAsync(httpContext);
    }
}
