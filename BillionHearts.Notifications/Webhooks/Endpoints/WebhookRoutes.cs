using System.Globalization;
using BillionHearts.Notifications.Errors;
using BillionHearts.Notifications.Reference;
using BillionHearts.Notifications.Webhooks.Addresses;
using BillionHearts.ServiceDefaults.Errors;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Options;

namespace BillionHearts.Notifications.Webhooks.Endpoints;

internal static class WebhookRoutes
{
    private const long MaxOverlapSeconds = 7 * 24 * 60 * 60;

    private static readonly string[] s_toCreate = ["url", "events"];
    private static readonly string[] s_toChange = ["url", "events", "is_enabled"];

    public static void MapWebhookEndpoints(this RouteGroupBuilder webhooks)
    {
        webhooks.MapPost("/", CreateWebhook)
            .WithName(nameof(CreateWebhook)).WithSummary("Create a webhook")
            .WithDescription(
                "The user's events from now on are sent to `url` (https, port 443 or 8443, a public address), signed as Standard Webhooks specifies. `events` lists " +
                "types; without it, or with `*`, all are sent. Only this answer and that of a rotation show `secret`.")
            .Produces<WebhookWithSecretResponse>()
            .Refuses(401, 403, 404, 413, 415, 422, 429, 503);
        webhooks.MapGet("/", ListWebhooks).WithName(nameof(ListWebhooks)).WithSummary("List a user's webhooks").Produces<IReadOnlyList<WebhookResponse>>().Refuses(401, 403, 404, 503);
        webhooks.MapGet("/{webhook:long:min(1)}", GetWebhook).WithName(nameof(GetWebhook)).WithSummary("A webhook").Produces<WebhookResponse>().Refuses(401, 403, 404, 503);
        webhooks.MapPatch("/{webhook:long:min(1)}", ChangeWebhook)
            .WithName(nameof(ChangeWebhook)).WithSummary("Change, disable or enable a webhook")
            .WithDescription("Only the fields that are sent change. Disabling ends what is waiting to be sent; enabling begins with the events from then on.")
            .Produces<WebhookResponse>()
            .Refuses(401, 403, 404, 413, 415, 422, 503);
        webhooks.MapDelete("/{webhook:long:min(1)}", DeleteWebhook)
            .WithName(nameof(DeleteWebhook)).WithSummary("Delete a webhook with its log").Produces(StatusCodes.Status204NoContent).Refuses(401, 403, 404, 503);
        webhooks.MapPost("/{webhook:long:min(1)}/secret", RotateSecret)
            .WithName(nameof(RotateSecret)).WithSummary("Give a webhook a new secret")
            .WithDescription("For `overlap` seconds, a day by default and at most a week, messages have two signatures: the new secret's and then the old one's.")
            .Produces<WebhookWithSecretResponse>()
            .Refuses(401, 403, 404, 422, 503);
    }

    private static async Task<IResult> CreateWebhook(
        [FromRoute(Name = "id")] long user,
        HttpContext http,
        WebhookStore webhooks,
        AddressPolicy addresses,
        IOptions<WebhooksOptions> options,
        CancellationToken cancellationToken)
    {
        var (fields, refusal) = await WebhookFields.ReadAsync(http.Request, s_toCreate, cancellationToken);

        if (refusal is not null)
        {
            return refusal;
        }

        if (fields!.Url is not { } url)
        {
            return Problems.InvalidField("url", "is required");
        }

        if (await addresses.FindFaultAsync(url, cancellationToken) is { } fault)
        {
            return Problems.InvalidField("url", fault);
        }

        http.Response.Headers.CacheControl = "no-store";

        return await webhooks.CreateAsync(user, url, fields.Events ?? [WebhookEvents.All], cancellationToken) is { } created
            ? TypedResults.Ok(created)
            : WebhookProblems.TooMany(options.Value.PerUser);
    }

    private static async Task<IResult> ListWebhooks([FromRoute(Name = "id")] long user, WebhookStore webhooks, CancellationToken cancellationToken) =>
        TypedResults.Ok(await webhooks.ListAsync(user, cancellationToken));

    private static async Task<IResult> GetWebhook([FromRoute(Name = "id")] long user, long webhook, WebhookStore webhooks, CancellationToken cancellationToken) =>
        Answer(await webhooks.FindAsync(user, webhook, cancellationToken));

    private static async Task<IResult> ChangeWebhook(
        [FromRoute(Name = "id")] long user, long webhook, HttpRequest http, WebhookStore webhooks, AddressPolicy addresses, CancellationToken cancellationToken)
    {
        var (fields, refusal) = await WebhookFields.ReadAsync(http, s_toChange, cancellationToken);

        if (refusal is not null)
        {
            return refusal;
        }

        if (fields!.Url is { } url && await addresses.FindFaultAsync(url, cancellationToken) is { } fault)
        {
            return Problems.InvalidField("url", fault);
        }

        return Answer(await webhooks.ChangeAsync(user, webhook, fields, cancellationToken));
    }

    private static async Task<IResult> DeleteWebhook([FromRoute(Name = "id")] long user, long webhook, WebhookStore webhooks, CancellationToken cancellationToken) =>
        await webhooks.RemoveAsync(user, webhook, cancellationToken) ? TypedResults.NoContent() : WebhookProblems.NotFound;

    private static async Task<IResult> RotateSecret(
        [FromRoute(Name = "id")] long user,
        long webhook,
        [FromQuery] string? overlap,
        HttpResponse http,
        WebhookStore webhooks,
        IOptions<WebhooksOptions> options,
        CancellationToken cancellationToken)
    {
        if (!TryParseOverlap(overlap, options.Value.SecretOverlap, out var length))
        {
            return Problems.InvalidField("overlap", $"must be a whole number of seconds from 0 to {MaxOverlapSeconds}, not '{Problems.Shorten(overlap!)}'");
        }

        http.Headers.CacheControl = "no-store";

        return Answer(await webhooks.RotateAsync(user, webhook, length, cancellationToken));
    }

    private static bool TryParseOverlap(string? text, TimeSpan unsaid, out TimeSpan overlap)
    {
        overlap = unsaid;

        if (string.IsNullOrEmpty(text))
        {
            return true;
        }

        var isValid = uint.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds) && seconds <= MaxOverlapSeconds;
        overlap = TimeSpan.FromSeconds(seconds);

        return isValid;
    }

    private static IResult Answer<T>(T? found) where T : class => found is null ? WebhookProblems.NotFound : TypedResults.Ok(found);
}
