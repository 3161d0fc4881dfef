using System.Text.Json;

namespace BillionHearts.Web.Backend.Operations;

/// <summary>Messages that no consumer could handle.</summary>
internal sealed class DeadLetterClient(HttpClient http)
{
    /// <summary>As the api has it.</summary>
    public const int PageSize = 100;

    /// <param name="before">The last id of the page before; null for the newest.</param>
    public Task<Answer<IReadOnlyList<DeadLetter>>> ListAsync(long? before, CancellationToken cancellationToken) =>
        http.ReadAsync<IReadOnlyList<DeadLetter>>($"/operator/dead-letters{(before is null ? "" : $"?before={before}")}", cancellationToken);

    public Task<Answer<DeadLetterDetail>> FindAsync(long id, CancellationToken cancellationToken) => http.ReadAsync<DeadLetterDetail>($"/operator/dead-letters/{id}", cancellationToken);

    public Task<string?> ReplayAsync(long id, CancellationToken cancellationToken) => http.ChangeAsync(HttpMethod.Post, $"/operator/dead-letters/{id}/replay", body: null, cancellationToken);

    public Task<Answer<Replayed>> ReplayAllAsync(CancellationToken cancellationToken) => http.AskAsync<Replayed>(HttpMethod.Post, "/operator/dead-letters/replay", body: null, cancellationToken);

    public Task<string?> DeleteAsync(long id, CancellationToken cancellationToken) => http.ChangeAsync(HttpMethod.Delete, $"/operator/dead-letters/{id}", body: null, cancellationToken);
}

/// <param name="RoutingKey">Null if it is unknown; the message cannot be sent again then.</param>
public sealed record DeadLetter(long Id, DateTime StoredAt, DateTime? DiedAt, string Queue, string Reason, string? RoutingKey, string? MessageId, long Size, string Head);

public sealed record DeadLetterDetail(
    long Id, DateTime StoredAt, DateTime? DiedAt, string Queue, string Reason, string? RoutingKey, string? MessageId, long Size, string? Traceparent, JsonElement? Headers,
    string Body, bool IsBodyCut);

/// <param name="Count">How many messages go back to the broker.</param>
public sealed record Replayed([property: System.Text.Json.Serialization.JsonPropertyName("replayed")] int Count);
