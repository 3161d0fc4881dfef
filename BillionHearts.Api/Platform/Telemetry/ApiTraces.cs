using System.Diagnostics;

namespace BillionHearts.Api.Platform.Telemetry;

/// <summary>The spans of this service that no library creates.</summary>
internal static class ApiTraces
{
    /// <summary>The name of the trace source and of every meter of this service.</summary>
    public const string Name = "BillionHearts.Api";

    private static readonly ActivitySource s_source = new(Name);

    /// <summary>A transaction's commit: the driver traces statements, but not commits.</summary>
    public static Activity? StartCommit(string what) => s_source.StartActivity($"{what} commit");

    /// <summary>A request's wait for a statement that answers many requests.</summary>
    public static Activity? StartBatch(string name) => s_source.StartActivity(name, ActivityKind.Client);

    /// <summary>The publishing of an outbox message, in the trace of the request that wrote it.</summary>
    public static Activity? StartPublish(string? traceparent)
    {
        _ = ActivityContext.TryParse(traceparent, traceState: null, isRemote: true, out var cause);

        return s_source.StartActivity("outbox publish", ActivityKind.Internal, cause);
    }
}
