using System.Runtime.InteropServices;

namespace BillionHearts.Storage;

/// <summary>Bytes in memory as the streams that the clients want, without a copy where there is an array behind them.</summary>
internal static class MemoryContent
{
    public static MemoryStream Stream(ReadOnlyMemory<byte> content) =>
        MemoryMarshal.TryGetArray(content, out var array)
            ? new MemoryStream(array.Array!, array.Offset, array.Count, writable: false)
            : new MemoryStream(content.ToArray(), writable: false);
}
