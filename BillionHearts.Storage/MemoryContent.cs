using System.Runtime.InteropServices;

namespace BillionHearts.Storage;

/// <summary>Bytes in memory as a stream for the clients, without copying them if they are backed by an array.</summary>
internal static class MemoryContent
{
    public static MemoryStream Stream(ReadOnlyMemory<byte> content) =>
        MemoryMarshal.TryGetArray(content, out var array)
            ? new MemoryStream(array.Array!, array.Offset, array.Count, writable: false)
            : new MemoryStream(content.ToArray(), writable: false);
}
