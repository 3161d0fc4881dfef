namespace BillionHearts.Analysis.Work;

/// <param name="Value">The name of this process in results and telemetry.</param>
internal sealed record WorkerName(string Value)
{
    private const string InstanceId = "service.instance.id=";

    /// <summary>From <c>OTEL_RESOURCE_ATTRIBUTES=service.instance.id=analysis-abc,…</c>, which the host sets.</summary>
    public static WorkerName From(IConfiguration configuration)
    {
        var attributes = configuration["OTEL_RESOURCE_ATTRIBUTES"] ?? "";
        var named = attributes.Split(',', StringSplitOptions.TrimEntries).FirstOrDefault(attribute => attribute.StartsWith(InstanceId, StringComparison.Ordinal));

        return new(named?[InstanceId.Length..] is { Length: > 0 } name ? name : $"{Environment.MachineName}-{Environment.ProcessId}");
    }
}
