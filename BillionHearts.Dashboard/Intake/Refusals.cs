using BillionHearts.Dashboard.Telemetry;

namespace BillionHearts.Dashboard.Intake;

/// <summary>What a sender reads in its own log when a part of what it sent was not kept.</summary>
internal static class Refusals
{
    public static TimeSpan MostAhead { get; } = TimeSpan.FromHours(1);

    public static string Spans(TelemetryLimits limits) =>
        $"A span needs a 16-byte trace id and an 8-byte span id; a trace holds at most {limits.MaxSpansPerTrace} spans, and the dashboard {limits.MaxResourceCount} senders.";

    public static string Logs(TelemetryLimits limits) => $"The dashboard holds at most {limits.MaxResourceCount} senders.";

    public static string Metrics(TelemetryLimits limits) =>
        $"An instrument holds at most {limits.MaxSeriesPerInstrument} series, and the dashboard {limits.MaxResourceCount} senders; summaries, and points more than {MostAhead.TotalHours:0} h ahead of this machine's clock, are not kept.";
}
