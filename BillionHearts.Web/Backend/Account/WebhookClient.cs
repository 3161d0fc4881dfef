namespace BillionHearts.Web.Backend.Account;

/// <summary>The user's webhooks and what was sent to them.</summary>
internal sealed class WebhookClient(HttpClient http)
{
    public const int PageSize = 25;

    public Task<Answer<IReadOnlyList<Webhook>>> ListAsync(long userId, CancellationToken cancellationToken) =>
        http.ReadAsync<IReadOnlyList<Webhook>>($"/users/{userId}/webhooks", cancellationToken);

    public Task<Answer<Webhook>> FindAsync(long userId, long webhook, CancellationToken cancellationToken) => http.ReadAsync<Webhook>(Path(userId, webhook), cancellationToken);

    /// <param name="events">Types; null for all.</param>
    public Task<Answer<WebhookSecret>> CreateAsync(long userId, string url, IReadOnlyList<string>? events, CancellationToken cancellationToken) =>
        http.AskAsync<WebhookSecret>(HttpMethod.Post, $"/users/{userId}/webhooks", new { url, events }, cancellationToken);

    /// <summary>Changes what is given.</summary>
    public Task<string?> ChangeAsync(
        long userId, long webhook, CancellationToken cancellationToken, string? url = null, IReadOnlyList<string>? events = null, bool? isEnabled = null) =>
        http.ChangeAsync(HttpMethod.Patch, Path(userId, webhook), new { url, events, is_enabled = isEnabled }, cancellationToken);

    public Task<string?> DeleteAsync(long userId, long webhook, CancellationToken cancellationToken) =>
        http.ChangeAsync(HttpMethod.Delete, Path(userId, webhook), body: null, cancellationToken);

    public Task<Answer<WebhookSecret>> RotateAsync(long userId, long webhook, CancellationToken cancellationToken) =>
        http.AskAsync<WebhookSecret>(HttpMethod.Post, $"{Path(userId, webhook)}/secret", body: null, cancellationToken);

    public Task<Answer<Delivery>> TestAsync(long userId, long webhook, CancellationToken cancellationToken) =>
        http.AskAsync<Delivery>(HttpMethod.Post, $"{Path(userId, webhook)}/test", body: null, cancellationToken);

    /// <param name="before">The last id of the page before; null for the newest.</param>
    public Task<Answer<IReadOnlyList<Delivery>>> DeliveriesAsync(long userId, long webhook, string? state, long? before, CancellationToken cancellationToken) =>
        http.ReadAsync<IReadOnlyList<Delivery>>(
            $"{Path(userId, webhook)}/deliveries?limit={PageSize}{(state is null ? "" : $"&state={Uri.EscapeDataString(state)}")}{(before is null ? "" : $"&cursor={before}")}", cancellationToken);

    public Task<Answer<DeliveryDetail>> DeliveryAsync(long userId, long webhook, long delivery, CancellationToken cancellationToken) =>
        http.ReadAsync<DeliveryDetail>($"{Path(userId, webhook)}/deliveries/{delivery}", cancellationToken);

    public Task<string?> RedeliverAsync(long userId, long webhook, long delivery, CancellationToken cancellationToken) =>
        http.ChangeAsync(HttpMethod.Post, $"{Path(userId, webhook)}/deliveries/{delivery}/redeliver", body: null, cancellationToken);

    private static string Path(long userId, long webhook) => $"/users/{userId}/webhooks/{webhook}";
}

/// <param name="Events">Types, or <c>*</c> for all.</param>
/// <param name="DisabledReason"><c>owner</c>, <c>gone</c> or <c>failing</c>.</param>
/// <param name="PreviousSecretUntil">Until then the secret before signs, too.</param>
public sealed record Webhook(
    long Id, string Url, IReadOnlyList<string> Events, bool IsEnabled, string? DisabledReason, DateTime? FailingSince, DateTime? PreviousSecretUntil, DateTime CreatedAt);

/// <param name="Secret">Shown only once.</param>
public sealed record WebhookSecret(long Id, string Url, string Secret);

/// <param name="State"><c>pending</c>, <c>delivered</c>, <c>failed</c> or <c>canceled</c>.</param>
public sealed record Delivery(
    long Id, string Type, string State, int Attempts, DateTime CreatedAt, DateTime? NextAttemptAt, DateTime? EndedAt, int? LastStatus, string? LastError);

/// <param name="Log">Oldest first.</param>
public sealed record DeliveryDetail(
    long Id, string MessageId, string Type, string State, int Attempts, DateTime CreatedAt, DateTime? NextAttemptAt, DateTime? EndedAt, string Payload,
    IReadOnlyList<DeliveryAttempt> Log);

/// <param name="DurationMs">Milliseconds.</param>
public sealed record DeliveryAttempt(int Number, DateTime StartedAt, int DurationMs, int? Status, string? Error, string RequestHead, string? ResponseHead);
