using System.Diagnostics;

namespace BillionHearts.Api.Platform.Telemetry;

/// <summary>The spans of this service that no library makes.</summary>
internal static class ApiTraces
{
    /// <summary>Of the trace source and of every meter of this service.</summary>
    public const string Name = "BillionHearts.Api";

    private static readonly ActivitySource s_source = new(Name);

    /// <summary>A transaction: the driver traces its statements, and not its end.</summary>
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
