using System.Globalization;
using BillionHearts.Notifications.Errors;
using BillionHearts.Notifications.Reference;
using BillionHearts.Notifications.Webhooks.Endpoints;
using BillionHearts.Notifications.Webhooks.Sending;
using Microsoft.AspNetCore.Mvc;

namespace BillionHearts.Notifications.Webhooks.Deliveries;

internal static class DeliveryRoutes
{
    private const int MaxLimit = 100;
    private const int DefaultLimit = 50;

    public static void MapDeliveries(this RouteGroupBuilder webhooks)
    {
        webhooks.MapPost("/{webhook:long:min(1)}/test", SendTest)
            .WithName(nameof(SendTest)).WithSummary("Send a test message")
            .WithDescription("A signed message of the type `webhook.test`, to this webhook alone. The answer is the delivery; its outcome is in the log.")
            .Produces<DeliveryResponse>(StatusCodes.Status202Accepted)
            .Refuses(401, 403, 404, 409, 422, 429, 503);
        webhooks.MapGet("/{webhook:long:min(1)}/deliveries", ListDeliveries)
            .WithName(nameof(ListDeliveries)).WithSummary("List a webhook's deliveries")
            .WithDescription("Newest first, at most `limit` of 1 to 100 (50), of one `state` (`pending`, `delivered`, `failed`, `canceled`). The next page is in `Link`.")
            .Produces<IReadOnlyList<DeliveryResponse>>()
            .Refuses(401, 403, 404, 409, 422, 429, 503);
        webhooks.MapGet("/{webhook:long:min(1)}/deliveries/{delivery:long:min(1)}", GetDelivery)
            .WithName(nameof(GetDelivery)).WithSummary("A delivery with its attempts")
            .WithDescription("The body that is sent, and for each attempt the heads of request and answer.")
            .Produces<DeliveryDetailResponse>()
            .Refuses(401, 403, 404, 409, 422, 429, 503);
        webhooks.MapPost("/{webhook:long:min(1)}/deliveries/{delivery:long:min(1)}/redeliver", Redeliver)
            .WithName(nameof(Redeliver)).WithSummary("Send a delivery again")
            .WithDescription("At once, with the same `webhook-id` and body, and with all attempts again.")
            .Produces<DeliveryDetailResponse>(StatusCodes.Status202Accepted)
            .Refuses(401, 403, 404, 409, 422, 429, 503);
    }

    private static async Task<IResult> SendTest(
        [FromRoute(Name = "id")] long user, long webhook, WebhookStore webhooks, DeliveryStore deliveries, DispatchSignal signal, CancellationToken cancellationToken)
    {
        if (await webhooks.FindAsync(user, webhook, cancellationToken) is not { } found)
        {
            return WebhookProblems.NotFound;
        }

        var (added, refusal) = await deliveries.AddTestAsync(found, cancellationToken);
        signal.Set();

        return refusal ?? (IResult)TypedResults.Json(added, statusCode: StatusCodes.Status202Accepted);
    }

    private static async Task<IResult> ListDeliveries(
        [FromRoute(Name = "id")] long user,
        long webhook,
        [FromQuery] string? limit,
        [FromQuery] string? cursor,
        [FromQuery] string? state,
        HttpContext http,
        WebhookStore webhooks,
        DeliveryStore deliveries,
        CancellationToken cancellationToken)
    {
        if (!TryParse(limit, MaxLimit, out var size))
        {
            return Problems.InvalidField("limit", $"must be a whole number from 1 to {MaxLimit}, not '{Problems.Shorten(limit!)}'");
        }

        if (!TryParse(cursor, long.MaxValue, out var before))
        {
            return Problems.InvalidField("cursor", $"must come from the Link of a page, not '{Problems.Shorten(cursor!)}'");
        }

        if (!string.IsNullOrEmpty(state) && !DeliveryStates.All.Contains(state))
        {
            return Problems.InvalidField("state", $"must be one of {string.Join(", ", DeliveryStates.All)}, not '{Problems.Shorten(state)}'");
        }

        if (await webhooks.FindAsync(user, webhook, cancellationToken) is null)
        {
            return WebhookProblems.NotFound;
        }

        var most = (int)(size ?? DefaultLimit);
        var page = await deliveries.ListAsync(webhook, string.IsNullOrEmpty(state) ? null : state, before, most, cancellationToken);

        if (page.Count == most)
        {
            http.Response.Headers.Link = NextPage(http.Request, most, page[^1].Id, state);
        }

        return TypedResults.Ok(page);
    }

    private static async Task<IResult> GetDelivery(
        [FromRoute(Name = "id")] long user, long webhook, long delivery, WebhookStore webhooks, DeliveryStore deliveries, CancellationToken cancellationToken)
    {
        if (await webhooks.FindAsync(user, webhook, cancellationToken) is null)
        {
            return WebhookProblems.NotFound;
        }

        return await deliveries.FindAsync(webhook, delivery, cancellationToken) is { } found ? TypedResults.Ok(found) : WebhookProblems.DeliveryNotFound;
    }

    private static async Task<IResult> Redeliver(
        [FromRoute(Name = "id")] long user,
        long webhook,
        long delivery,
        WebhookStore webhooks,
        DeliveryStore deliveries,
        DispatchSignal signal,
        CancellationToken cancellationToken)
    {
        if (await webhooks.FindAsync(user, webhook, cancellationToken) is not { } found)
        {
            return WebhookProblems.NotFound;
        }

        var (again, refusal) = await deliveries.RedeliverAsync(found, delivery, cancellationToken);
        signal.Set();

        return refusal ?? (IResult)TypedResults.Json(again, statusCode: StatusCodes.Status202Accepted);
    }

    private static string NextPage(HttpRequest request, int limit, long last, string? state) => string.Create(
        CultureInfo.InvariantCulture, $"<{request.PathBase}{request.Path}?limit={limit}&cursor={last}{(string.IsNullOrEmpty(state) ? "" : $"&state={state}")}>; rel=\"next\"");

    private static bool TryParse(string? text, long most, out long? number)
    {
        number = null;

        if (string.IsNullOrEmpty(text))
        {
            return true;
        }

        var isValid = long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var value) && value >= 1 && value <= most;
        number = value;

        return isValid;
    }
}
