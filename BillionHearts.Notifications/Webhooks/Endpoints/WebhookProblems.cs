using BillionHearts.ServiceDefaults.Errors;

namespace BillionHearts.Notifications.Webhooks.Endpoints;

internal static class WebhookProblems
{
    public static readonly Problem NotFound = new(404, "webhook-not-found", "Not found", "Webhook not found");

    public static readonly Problem DeliveryNotFound = new(404, "delivery-not-found", "Not found", "Delivery not found");

    public static readonly Problem Disabled = new(409, "webhook-disabled", "Conflict", "This webhook is disabled, so nothing is sent to it. Enable it first.");

    public static readonly Problem DeliveryRunning = new(
        409, "delivery-running", "Conflict", "This delivery is being sent at the moment. Look at its outcome before sending it again.");

    public static Problem TooMany(int limit) => new(
        429, "too-many-webhooks", "Too many webhooks", $"This user has {limit} webhooks, which is the limit. Delete one that is no longer used.");

    public static Problem TooManyWaiting(int limit) => new(
        429, "too-many-deliveries", "Too many deliveries", $"This webhook has {limit} deliveries waiting, which is the limit for adding one by hand. Wait until some have ended.")
    { RetryAfter = TimeSpan.FromSeconds(60) };
}
