using System.Buffers.Binary;
using System.IO.Compression;
using System.Runtime.InteropServices;
using System.Text;

namespace BillionHearts.Analysis.Places;

/// <summary>The table of places in memory, about 6 MB. <c>eng/places/make.mjs</c> describes its form.</summary>
internal sealed record PlaceTable(IReadOnlyList<(string Code, string Name)> Countries, IReadOnlyList<string> Regions, Borders Borders, Cities Cities)
{
    public static PlaceTable Read()
    {
        using var resource = typeof(PlaceTable).Assembly.GetManifestResourceStream("places.bin")!;
        using var unpacked = new BrotliStream(resource, CompressionMode.Decompress);
        using var whole = new MemoryStream();
        unpacked.CopyTo(whole);

        return new Reader(whole.ToArray()).Table();
    }

    private sealed class Reader(byte[] file)
    {
        private int _at;

        public PlaceTable Table() => new(
            Many(() => (Encoding.ASCII.GetString(Take(2)), Text())),
            Many(Text),
            new Borders(Many(() => new Area(Take(1)[0], Many(() => Numbers(2 * Number()))))),
            Cities());

        private Cities Cities()
        {
            var count = Number();
            var (latitudes, longitudes) = (Numbers(count), Numbers(count));
            var reaches = MemoryMarshal.Cast<byte, ushort>(Take(2 * count)).ToArray();
            var countries = Take(count).ToArray();
            var regions = MemoryMarshal.Cast<byte, ushort>(Take(2 * count)).ToArray();
            var starts = new int[count];
            var names = file.AsMemory(_at);

            for (var (city, start) = (0, 0); city < count; start += 1 + names.Span[start], city++)
            {
                starts[city] = start;
            }

            return new Cities(latitudes, longitudes, reaches, countries, regions, names.ToArray(), starts);
        }

        private T[] Many<T>(Func<T> read)
        {
            var items = new T[Number()];

            for (var i = 0; i < items.Length; i++)
            {
                items[i] = read();
            }

            return items;
        }

        private int Number() => BinaryPrimitives.ReadInt32LittleEndian(Take(4));

        private int[] Numbers(int count) => MemoryMarshal.Cast<byte, int>(Take(4 * count)).ToArray();

        private string Text() => Encoding.UTF8.GetString(Take(Take(1)[0]));

        private ReadOnlySpan<byte> Take(int length)
        {
            _at += length;
            return file.AsSpan(_at - length, length);
        }
    }
}
