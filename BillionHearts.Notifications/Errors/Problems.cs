using BillionHearts.ServiceDefaults.Errors;

namespace BillionHearts.Notifications.Errors;

internal static class Problems
{
    public static readonly Problem UserNotFound = new(404, "user-not-found", "Not found", "User not found");

    public static readonly Problem UsersUnavailable = new(
        503, "users-unavailable", "Service unavailable", "The service that knows the users does not answer at the moment. Try again.")
    { RetryAfter = TimeSpan.FromSeconds(2) };

    public static Problem InvalidLastEventId(string value) => new(
        422, "invalid-last-event-id", "Invalid Last-Event-ID",
        $"Last-Event-ID must be a whole number from 0 to {long.MaxValue}, not '{Shorten(value)}'.");

    public static Problem TooManyStreams(int limit) => new(
        429, "too-many-streams", "Too many streams",
        $"This user already has {limit} event streams open, which is the limit. Close one, or share one between tabs.")
    { RetryAfter = TimeSpan.FromSeconds(5) };

    public static Problem TooManyRequests(TimeSpan? retryAfter) => new(
        429, "too-many-requests", "Too many requests", "This user or address has sent too many requests. Try again later.")
    { RetryAfter = retryAfter ?? TimeSpan.FromSeconds(1) };

    private static string Shorten(string text) => text.Length <= 40 ? text : string.Concat(text.AsSpan(0, 40), "…");
}
