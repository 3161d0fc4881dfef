using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.WebUtilities;

namespace BillionHearts.Notifications.Errors;

internal static class Problems
{
    public static readonly Problem UserNotFound = new(404, "user-not-found", "Not found", "User not found");

    public static readonly Problem UsersUnavailable = new(
        503, "users-unavailable", "Service unavailable", "Whether this user exists cannot be found out at the moment. Try again.")
    { RetryAfter = TimeSpan.FromSeconds(2) };

    public static readonly Problem DatabaseUnavailable = new(
        503, "database-unavailable", "Service unavailable", "The database does not answer at the moment. Try again.")
    { RetryAfter = TimeSpan.FromSeconds(2) };

    private static readonly Problem s_unexpected = new(
        500, "unexpected", "Internal server error", "The request failed for a reason that is not yours. Quote the trace id when you report this.");

    public static Problem InvalidLastEventId(string value) => new(
        422, "invalid-last-event-id", "Invalid Last-Event-ID",
        $"Last-Event-ID must be the id of an event, a whole number from 0 to {long.MaxValue}, but is '{Shorten(value)}'.");

    public static Problem TooManyStreams(int limit) => new(
        429, "too-many-streams", "Too many streams",
        $"This user has {limit} event streams open, which is the limit. Close one, or share one between tabs.")
    { RetryAfter = TimeSpan.FromSeconds(5) };

    /// <summary>Every answer of 400 and above that has no body gets one, and so does whatever was thrown.</summary>
    public static void UseProblems(this WebApplication app)
    {
        app.UseExceptionHandler(handler => handler.Run(context =>
        {
            var exception = context.Features.Get<IExceptionHandlerFeature>()?.Error;
            var problem = exception is BadHttpRequestException bad ? OfStatus(bad.StatusCode) : s_unexpected;

            return problem.ExecuteAsync(context);
        }));
        app.UseStatusCodePages(pages => OfStatus(pages.HttpContext.Response.StatusCode).ExecuteAsync(pages.HttpContext));
    }

    private static Problem OfStatus(int status)
    {
        var title = ReasonPhrases.GetReasonPhrase(status) is { Length: > 0 } phrase ? phrase : "Error";
        var detail = status switch
        {
            404 => "There is nothing at this address.",
            405 => "This method is not possible at this address; the Allow header names what is.",
            _ => $"The request was answered with {status} ({title}).",
        };

        return new Problem(status, title.ToLowerInvariant().Replace(' ', '-'), title, detail);
    }

    private static string Shorten(string text) => text.Length <= 40 ? text : string.Concat(text.AsSpan(0, 40), "…");
}
