namespace BillionHearts.Dashboard.Telemetry;

/// <summary>By bytes: for texts packed without the pool, which are the same texts when they are the same bytes.</summary>
internal sealed class PackedTextComparer : IEqualityComparer<PackedText>
{
    public static PackedTextComparer Instance { get; } = new();

    public bool Equals(PackedText x, PackedText y) => x.Bytes.SequenceEqual(y.Bytes);

    public int GetHashCode(PackedText obj)
    {
        var hash = new HashCode();
        hash.AddBytes(obj.Bytes);
        return hash.ToHashCode();
    }
}
