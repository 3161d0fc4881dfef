using BillionHearts.ServiceDefaults.Errors;
using Microsoft.AspNetCore.Diagnostics;

namespace BillionHearts.Notifications.Errors;

internal static class Problems
{
    public static readonly Problem UserNotFound = new(404, "user-not-found", "Not found", "User not found");

    public static readonly Problem UsersUnavailable = new(
        503, "users-unavailable", "Service unavailable", "Whether this user exists cannot be found out at the moment. Try again.")
    { RetryAfter = TimeSpan.FromSeconds(2) };

    public static Problem InvalidLastEventId(string value) => new(
        422, "invalid-last-event-id", "Invalid Last-Event-ID",
        $"Last-Event-ID must be the id of an event, a whole number from 0 to {long.MaxValue}, but is '{Shorten(value)}'.");

    public static Problem TooManyStreams(int limit) => new(
        429, "too-many-streams", "Too many streams",
        $"This user has {limit} event streams open, which is the limit. Close one, or share one between tabs.")
    { RetryAfter = TimeSpan.FromSeconds(5) };

    public static Problem TooManyRequests(TimeSpan? retryAfter) => new(
        429, "too-many-requests", "Too many requests", "This user or address has sent too many requests. Try again later.")
    { RetryAfter = retryAfter ?? TimeSpan.FromSeconds(1) };

    /// <summary>Every answer of 400 and above that has no body gets one, and so does whatever was thrown.</summary>
    public static void UseProblems(this WebApplication app)
    {
        app.UseExceptionHandler(handler => handler.Run(context =>
        {
            var exception = context.Features.Get<IExceptionHandlerFeature>()?.Error;
            var problem = exception is BadHttpRequestException bad ? Problem.OfStatus(bad.StatusCode, context.Request) : Problem.Unexpected;

            return problem.ExecuteAsync(context);
        }));
        app.UseStatusCodePages(pages => Problem.OfStatus(pages.HttpContext.Response.StatusCode, pages.HttpContext.Request).ExecuteAsync(pages.HttpContext));
    }

    private static string Shorten(string text) => text.Length <= 40 ? text : string.Concat(text.AsSpan(0, 40), "…");
}
