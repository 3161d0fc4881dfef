namespace BillionHearts.Analysis.Metadata;

/// <summary>The checksum of PNG's chunks (ISO 3309).</summary>
internal static class Crc32
{
    private static readonly uint[] s_table = Table();

    public static uint Of(ReadOnlySpan<byte> bytes)
    {
        var checksum = uint.MaxValue;
        foreach (var value in bytes)
        {
            checksum = s_table[(byte)(checksum ^ value)] ^ (checksum >> 8);
        }

        return ~checksum;
    }

    private static uint[] Table()
    {
        var table = new uint[256];
        for (var index = 0u; index < table.Length; index++)
        {
            var entry = index;
            for (var bit = 0; bit < 8; bit++)
            {
                entry = (entry & 1) is 0 ? entry >> 1 : (entry >> 1) ^ 0xEDB88320;
            }

            table[index] = entry;
        }

        return table;
    }
}
