namespace BillionHearts.Notifications.Webhooks.Deliveries;

/// <param name="MessageId">The header <c>webhook-id</c>.</param>
/// <param name="State"><c>pending</c>, <c>delivered</c>, <c>failed</c> or <c>canceled</c>.</param>
/// <param name="Attempts">Attempts begun.</param>
/// <param name="NextAttemptAt">Null once the delivery has ended.</param>
/// <param name="LastStatus">Of the receiver's last answer.</param>
/// <param name="LastError">Why the last attempt failed.</param>
internal record DeliveryResponse(
    long Id,
    string MessageId,
    string Type,
    string State,
    int Attempts,
    DateTime CreatedAt,
    DateTime? NextAttemptAt,
    DateTime? EndedAt,
    int? LastStatus,
    string? LastError)
{
    public static DeliveryResponse From(Delivery delivery, DeliveryAttempt? last) => new(
        delivery.Id,
        delivery.MessageId,
        delivery.Type,
        delivery.State,
        delivery.Attempts,
        delivery.CreatedAt.UtcDateTime,
        delivery.NextAt?.UtcDateTime,
        delivery.EndedAt?.UtcDateTime,
        last?.Status,
        last?.Error);
}

/// <summary>A delivery with what was sent and what came back.</summary>
internal sealed record DeliveryDetailResponse : DeliveryResponse
{
    public DeliveryDetailResponse(Delivery delivery, IReadOnlyList<DeliveryAttempt> attempts)
        : base(From(delivery, attempts.Count is 0 ? null : attempts[^1]))
    {
        Payload = delivery.Payload;
        Log = [.. attempts.Select(AttemptResponse.From)];
    }

    /// <summary>The body of the message.</summary>
    public string Payload { get; }

    /// <summary>The attempts, oldest first.</summary>
    public IReadOnlyList<AttemptResponse> Log { get; }
}

/// <param name="DurationMs">Milliseconds until the answer or the failure.</param>
/// <param name="RequestHead">Request line and headers as they were sent.</param>
/// <param name="ResponseHead">Status line and headers of the answer, up to 4096 characters.</param>
internal sealed record AttemptResponse(int Number, DateTime StartedAt, int DurationMs, int? Status, string? Error, string RequestHead, string? ResponseHead)
{
    public static AttemptResponse From(DeliveryAttempt attempt) => new(
        attempt.Number, attempt.StartedAt.UtcDateTime, attempt.DurationMs, attempt.Status, attempt.Error, attempt.RequestHead, attempt.ResponseHead);
}
