namespace BillionHearts.Dashboard.Telemetry.Traces;

public enum SpanKind : byte
{
    Unspecified,
    Internal,
    Server,
    Client,
    Producer,
    Consumer,
}

public enum SpanStatus : byte
{
    Unset,
    Ok,
    Error,
}

/// <summary>Times are UTC ticks: half the size of a <see cref="DateTimeOffset"/>, two hundred thousand times over.</summary>
public sealed class Span
{
    public required TelemetryResource Resource { get; init; }

    public required UInt128 TraceId { get; init; }

    public required ulong Id { get; init; }

    /// <summary>Zero for a root.</summary>
    public required ulong ParentId { get; init; }

    public required string Name { get; init; }

    public required string Scope { get; init; }

    public required long StartTicks { get; init; }

    public required long DurationTicks { get; init; }

    public required PackedText Attributes { get; init; }

    public SpanKind Kind { get; init; }

    public SpanStatus Status { get; init; }

    public string? StatusMessage { get; init; }

    public SpanCategory Category { get; init; }

    public SpanEvent[] Events { get; init; } = [];

    public SpanLink[] Links { get; init; } = [];

    public DateTimeOffset Start => new(StartTicks, TimeSpan.Zero);

    public TimeSpan Duration => new(DurationTicks);

    public long EndTicks => StartTicks + DurationTicks;

    public bool IsError => Status is SpanStatus.Error;

    public string HexId => Id.ToString("x16");

    /// <summary>Bytes it takes, near enough to bound a store by.</summary>
    public int Weight => 136 + TextPool.WeightOf(Name) + TextPool.WeightOf(Scope) + Attributes.Weight + (2 * (StatusMessage?.Length ?? 0))
        + Events.Sum(item => 64 + TextPool.WeightOf(item.Name) + item.Attributes.Weight) + Links.Sum(item => 64 + item.Attributes.Weight);
}

public sealed record SpanEvent(string Name, long Ticks, PackedText Attributes);

public sealed record SpanLink(UInt128 TraceId, ulong SpanId, PackedText Attributes);
