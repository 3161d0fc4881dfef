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

    public static Problem InvalidFields(IReadOnlyDictionary<string, string[]> errors)
    {
        var all = errors.SelectMany(field => field.Value.Select(sentence => $"{field.Key} {sentence}")).ToList();

        return new(422, "invalid-fields", "Invalid fields", all.Count is 1 ? $"{all[0]}." : $"{all[0]} (and {all.Count - 1} more: see errors).") { Errors = errors };
    }

    public static Problem InvalidField(string name, string sentence) => InvalidFields(new Dictionary<string, string[]> { [name] = [sentence] });

    public static Problem MalformedJson(string detail) => new(422, "malformed-json", "Malformed JSON", detail);

    public static Problem BodyTooLarge(long limit) =>
        new(413, "body-too-large", "Body too large", $"The request body is too large: this address accepts at most {limit} bytes.");

    public static readonly Problem UnsupportedContentType = new(
        415, "unsupported-content-type", "Unsupported content type", "This address accepts a body of the Content-Type application/json.");
}
