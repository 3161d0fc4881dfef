namespace BillionHearts.Notifications.Webhooks.Endpoints;

/// <param name="Events">Types of events, or <c>*</c> for all.</param>
/// <param name="DisabledReason"><c>owner</c>, <c>gone</c> (the receiver answered 410) or <c>failing</c>; null while it is enabled.</param>
/// <param name="FailingSince">The first failure since the last success.</param>
/// <param name="PreviousSecretUntil">Until then the secret before the last rotation signs too.</param>
internal record WebhookResponse(
    long Id,
    long UserId,
    string Url,
    IReadOnlyList<string> Events,
    bool IsEnabled,
    string? DisabledReason,
    DateTime? DisabledAt,
    DateTime? FailingSince,
    DateTime? PreviousSecretUntil,
    DateTime CreatedAt)
{
    public static WebhookResponse From(WebhookEndpoint endpoint, DateTimeOffset now) => new(
        endpoint.Id,
        endpoint.UserId,
        endpoint.Url,
        endpoint.Events,
        endpoint.DisabledReason is null,
        endpoint.DisabledReason,
        endpoint.DisabledAt?.UtcDateTime,
        endpoint.FailingSince?.UtcDateTime,
        endpoint.PreviousSecretUntil is { } until && until > now ? until.UtcDateTime : null,
        endpoint.CreatedAt.UtcDateTime);
}

/// <summary>The answer that has the secret.</summary>
internal sealed record WebhookWithSecretResponse : WebhookResponse
{
    public WebhookWithSecretResponse(WebhookResponse webhook, string secret)
        : base(webhook) => Secret = secret;

    /// <summary>Shown only once: the caller has to keep it.</summary>
    public string Secret { get; }
}
