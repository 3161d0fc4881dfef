using BillionHearts.Messaging;
using BillionHearts.ServiceDefaults.Errors;

namespace BillionHearts.Notifications.Mail;

/// <summary>
/// The link in each digest, for somebody who is not signed in. A GET only shows a button, because mail scanners follow links; a mail program posts
/// (RFC 8058).
/// </summary>
internal static class UnsubscribeEndpoints
{
    private const string Begin = "<!doctype html><html lang=en><meta charset=utf-8><meta name=viewport content=\"width=device-width\"><title>Billion Hearts</title>";

    private const string Question = Begin + "<p>No more mails from Billion Hearts to this address?<form method=post><button>End them</button></form>";

    private const string Done = Begin + "<p>No more mails will be sent to this address.";

    public static void MapUnsubscribe(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/mail/unsubscribe/{key}", (HttpContext http) => Page(http, Question)).ExcludeFromDescription();
        routes.MapPost("/mail/unsubscribe/{key}", EndAsync).ExcludeFromDescription();
    }

    // The same answer for a key that is used up or never was one.
    private static async Task<IResult> EndAsync(string key, HttpContext http, MailStore store)
    {
        try
        {
            await store.UnsubscribeAsync(key, http.RequestAborted);
        }
        catch (Exception exception) when (Outage.IsCauseOf(exception))
        {
            return Problem.DatabaseUnavailable;
        }

        return Page(http, Done);
    }

    private static IResult Page(HttpContext http, string html)
    {
        http.Response.Headers.CacheControl = "no-store";
        http.Response.Headers.ContentSecurityPolicy = "default-src 'none'; form-action 'self'; frame-ancestors 'none'";
        http.Response.Headers["Referrer-Policy"] = "no-referrer";
        return Results.Content(html, "text/html; charset=utf-8");
    }
}
