namespace BillionHearts.Web.Backend.Operations;

/// <summary>Who is an operator, and the ledger of analysis attempts.</summary>
internal sealed class OperatorClient(HttpClient http)
{
    public async Task<bool?> IsOperatorAsync(long userId, CancellationToken cancellationToken) =>
        (await http.ReadAsync<JudgedUser>($"/internal/users/{userId}", cancellationToken)).Value?.IsOperator;

    public Task<Answer<IReadOnlyList<Attempt>>> AttemptsAsync(long image, CancellationToken cancellationToken) =>
        http.ReadAsync<IReadOnlyList<Attempt>>($"/operator/images/{image}/attempts", cancellationToken);

    public Task<Answer<IReadOnlyList<QuarantinedImage>>> QuarantineAsync(CancellationToken cancellationToken) =>
        http.ReadAsync<IReadOnlyList<QuarantinedImage>>("/operator/quarantine", cancellationToken);

    public Task<string?> AnalyzeAsync(long image, CancellationToken cancellationToken) =>
        http.ChangeAsync(HttpMethod.Post, $"/operator/images/{image}/analysis", body: null, cancellationToken);

    private sealed record JudgedUser(bool IsOperator);
}

/// <param name="Outcome">analyzed, failed or retry.</param>
public sealed record Attempt(
    Guid RequestId, int Version, [property: System.Text.Json.Serialization.JsonPropertyName("attempt")] int Number, string Lane, string Outcome, string? Reason, string? Detail, string Worker, DateTime StartedAt,
    DateTime FinishedAt, string? TraceId, Diagnosis? Diagnosis);

/// <param name="Seconds">From receiving the file to the end.</param>
/// <param name="MemoryLimit">In bytes, as <paramref name="FileBytes"/>.</param>
public sealed record Diagnosis(int? ExitCode, double Seconds, long FileBytes, string Analyzer, string Library, long MemoryLimit, string? ErrorOutput);

public sealed record QuarantinedImage(long ImageId, long UserId, string StoragePath, string Sha256, string Status, Attempt Last);
