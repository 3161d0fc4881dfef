namespace BillionHearts.Dashboard.Telemetry.Traces;

/// <summary>One row of the list of traces.</summary>
internal sealed record TraceSummary(
    UInt128 Id, string Name, TelemetryResource Root, long StartTicks, long DurationTicks, int Spans, int Errors, TraceShare[] Shares)
{
    public string HexId => Id.ToString("x32");

    public DateTimeOffset Start => new(StartTicks, TimeSpan.Zero);

    public TimeSpan Duration => new(DurationTicks);

    public static TraceSummary Of(UInt128 id, ReadOnlySpan<Span> spans)
    {
        // The true root where it has arrived; before that, whatever began first.
        var first = spans[0];
        long start = first.StartTicks, end = first.EndTicks;
        var errors = 0;
        var shares = new List<TraceShare>(4);

        foreach (var span in spans)
        {
            first = IsBefore(span, first) ? span : first;
            start = Math.Min(start, span.StartTicks);
            end = Math.Max(end, span.EndTicks);
            errors += span.IsError ? 1 : 0;
            Count(shares, span);
        }

        return new(id, first.Name, first.Resource, start, end - start, spans.Length, errors, [.. shares]);
    }

    private static bool IsBefore(Span span, Span first) =>
        (span.ParentId is 0) != (first.ParentId is 0) ? span.ParentId is 0 : span.StartTicks < first.StartTicks;

    private static void Count(List<TraceShare> shares, Span span)
    {
        var at = shares.FindIndex(share => share.Service == span.Resource.Service);

        if (at < 0)
        {
            shares.Add(new(span.Resource.Service, span.Resource.Colour, 1, span.IsError));
        }
        else
        {
            shares[at] = shares[at] with { Spans = shares[at].Spans + 1, HasError = shares[at].HasError || span.IsError };
        }
    }
}

/// <summary>How much of a trace one service did.</summary>
internal readonly record struct TraceShare(string Service, int Colour, int Spans, bool HasError);
