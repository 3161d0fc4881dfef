namespace BillionHearts.Formats;

/// <summary>HEIC, the photos of iPhones and others: HEVC in the container that <see cref="HeifHeader"/> reads.</summary>
public static class HeicHeader
{
    /// <summary>The <c>ftyp</c> box names a brand of HEIC before any of AVIF, or only <c>mif1</c>, any image in this container.</summary>
    public static bool Matches(ReadOnlySpan<byte> bytes) => HeifHeader.Identify(bytes) is FormatName.Heic;

    // Images, images of more than 8 bits or of layers, and the same for sequences, which have a still image too.
    internal static bool IsBrand(ReadOnlySpan<byte> brand) =>
        brand is [(byte)'h', (byte)'e', (byte)'i' or (byte)'v', (byte)'c' or (byte)'x' or (byte)'m' or (byte)'s'];

    internal static HeaderScan Scan(ReadOnlySpan<byte> bytes) => HeifHeader.Scan(bytes, "hvc1"u8);
}
