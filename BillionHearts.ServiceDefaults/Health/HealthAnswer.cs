using System.Text.Json.Serialization;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace BillionHearts.ServiceDefaults.Health;

/// <summary>
/// The body of <c>/health</c>. It has no exception texts, which may contain addresses and account names: those are in the log.
/// </summary>
internal sealed record HealthAnswer(string Status, IReadOnlyList<HealthAnswer.Check> Checks)
{
    internal sealed record Check(string Name, string Status, double DurationMs, string? Description)
    {
        public static Check From(KeyValuePair<string, HealthReportEntry> entry) => new(
            entry.Key,
            entry.Value.Status.ToString(),
            Math.Round(entry.Value.Duration.TotalMilliseconds, 1),
            entry.Value.Exception is null ? entry.Value.Description : null);
    }
}

[JsonSerializable(typeof(HealthAnswer))]
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
internal sealed partial class HealthJson : JsonSerializerContext;
