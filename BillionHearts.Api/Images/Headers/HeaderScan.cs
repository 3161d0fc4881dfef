namespace BillionHearts.Api.Images.Headers;

/// <summary>What the first bytes of a file say: its dimensions, that more bytes are needed, or that it is broken.</summary>
internal readonly record struct HeaderScan
{
    private HeaderScan(long width, long height, string? fault) => (Width, Height, Fault) = (width, height, fault);

    /// <summary>The header goes on after the bytes that were given.</summary>
    public static readonly HeaderScan NeedMore;

    public long Width { get; }

    public long Height { get; }

    /// <summary>Why no decoder could read this, as the end of a sentence.</summary>
    public string? Fault { get; }

    public bool IsComplete => Fault is not null || Width > 0;

    public static HeaderScan Found(long width, long height) =>
        width > 0 && height > 0 ? new HeaderScan(width, height, null) : Broken("it says that the image has no pixels");

    public static HeaderScan Broken(string fault) => new(0, 0, fault);
}
