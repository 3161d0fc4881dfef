namespace BillionHearts.Formats;

/// <summary>What the first bytes of a file show: its dimensions, that more bytes are needed, or that the header is broken.</summary>
public readonly record struct HeaderScan
{
    private HeaderScan(long width, long height, string? fault) => (Width, Height, Fault) = (width, height, fault);

    /// <summary>The header continues after the given bytes.</summary>
    public static readonly HeaderScan NeedMore;

    /// <summary>In pixels as stored, before any orientation is applied; 0 while unknown.</summary>
    public long Width { get; }

    /// <inheritdoc cref="Width"/>
    public long Height { get; }

    /// <summary>Why no decoder could read this, as the end of a sentence.</summary>
    public string? Fault { get; }

    /// <summary>Reading more bytes would not change the answer.</summary>
    public bool IsComplete => Fault is not null || Width > 0;

    internal static HeaderScan Found(long width, long height) =>
        width > 0 && height > 0 ? new HeaderScan(width, height, null) : Broken("its header gives a width or height of 0");

    internal static HeaderScan Broken(string fault) => new(0, 0, fault);
}
