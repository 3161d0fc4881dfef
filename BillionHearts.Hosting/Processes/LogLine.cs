namespace BillionHearts.Hosting.Processes;

/// <summary>One line a child wrote, as it wrote it (ANSI sequences included).</summary>
/// <param name="Number">Counted from 1 within one resource.</param>
internal sealed record LogLine(long Number, DateTimeOffset Timestamp, string Text, bool IsError);
