using System.Text;

namespace BillionHearts.Tests.Analysis.Metadata;

/// <summary>Writes EXIF blocks, right and wrong ones: a TIFF header, then the directories, each with its values behind it.</summary>
internal sealed class ExifMaker(bool bigEndian = false)
{
    private const ushort ExifPointer = 0x8769;
    private const ushort GpsPointer = 0x8825;

    public List<ExifTag> Camera { get; } = [];

    public List<ExifTag> Exposure { get; } = [];

    public List<ExifTag> Gps { get; } = [];

    /// <summary>What a phone writes: everything that this service reads, and much that it must not.</summary>
    public static ExifMaker Phone(string secret, int orientation = 0, bool bigEndian = false)
    {
        var exif = new ExifMaker(bigEndian)
        {
            Camera = { Text(0x010E, secret + "-description"), Text(0x010F, "Canon"), Text(0x0110, "Canon EOS R5"), Text(0x013B, secret + "-artist") },
            Exposure =
            {
                Fraction(0x829A, (1, 250)), Fraction(0x829D, (28, 10)), Short(0x8827, 400),
                Text(0x9003, "2024:06:01 18:30:05"), Text(0x9011, "+02:00"), Text(0x9291, "25"),
                Fraction(0x920A, (50, 1)), Raw(0x927C, 7, Encoding.ASCII.GetBytes(secret + "-makernote")),
                Text(0xA430, secret + "-owner"), Text(0xA431, secret + "-serial"), Text(0xA434, "RF50mm F1.2 L USM"), Text(0xA435, secret + "-lens-serial"),
            },
            Gps =
            {
                Text(1, "N"), Fraction(2, (48, 1), (12, 1), (3456, 100)), Text(3, "E"), Fraction(4, (16, 1), (22, 1), (12, 10)),
                Raw(5, 1, [0]), Fraction(6, (1715, 10)),
            },
        };
        if (orientation is not 0)
        {
            exif.Camera.Add(Short(0x0112, (ushort)orientation));
        }

        return exif;
    }

    public static ExifTag Text(ushort tag, string text) => new(tag, 2, [.. Encoding.UTF8.GetBytes(text), 0], 1);

    public static ExifTag Raw(ushort tag, ushort type, byte[] value) => new(tag, type, value, 1);

    public static ExifTag Short(ushort tag, params ushort[] values) => new(tag, 3, [.. values.SelectMany(BitConverter.GetBytes)], 2);

    public static ExifTag Fraction(ushort tag, params (uint Numerator, uint Denominator)[] values) =>
        new(tag, 5, [.. values.SelectMany(value => (byte[])[.. BitConverter.GetBytes(value.Numerator), .. BitConverter.GetBytes(value.Denominator)])], 8);

    public byte[] Build()
    {
        var block = new List<byte>();
        block.AddRange(bigEndian ? "MM"u8 : "II"u8);
        Number(block, 42, 2);
        Number(block, 8, 4);

        var pointers = (Exposure.Count > 0 ? 1 : 0) + (Gps.Count > 0 ? 1 : 0);
        var exposureAt = 8 + Size(Camera, pointers);
        var gpsAt = exposureAt + (Exposure.Count > 0 ? Size(Exposure, 0) : 0);
        var camera = Camera.ToList();
        if (Exposure.Count > 0)
        {
            camera.Add(new ExifTag(ExifPointer, 4, BitConverter.GetBytes(exposureAt), 4));
        }

        if (Gps.Count > 0)
        {
            camera.Add(new ExifTag(GpsPointer, 4, BitConverter.GetBytes(gpsAt), 4));
        }

        Directory(block, camera);
        foreach (var directory in new[] { Exposure, Gps }.Where(static directory => directory.Count > 0))
        {
            Directory(block, directory);
        }

        return [.. block];
    }

    private static int Size(List<ExifTag> tags, int pointers) =>
        6 + 12 * (tags.Count + pointers) + tags.Sum(static tag => tag.Value.Length > 4 ? tag.Value.Length : 0);

    private void Directory(List<byte> block, List<ExifTag> tags)
    {
        var valuesAt = block.Count + 6 + 12 * tags.Count;
        Number(block, tags.Count, 2);
        var values = new List<byte>();
        foreach (var tag in tags.OrderBy(static tag => tag.Id))
        {
            Number(block, tag.Id, 2);
            Number(block, tag.Type, 2);
            Number(block, tag.Value.Length / tag.ComponentBytes, 4);
            var value = Ordered(tag);
            if (value.Length > 4)
            {
                Number(block, valuesAt + values.Count, 4);
                values.AddRange(value);
            }
            else
            {
                block.AddRange(value);
                block.AddRange(new byte[4 - value.Length]);
            }
        }

        Number(block, 0, 4);
        block.AddRange(values);
    }

    // Values are little-endian until here; fractions are pairs of four bytes.
    private byte[] Ordered(ExifTag tag) =>
        bigEndian ? [.. tag.Value.Chunk(Math.Min(4, tag.ComponentBytes)).SelectMany(static word => word.Reverse())] : tag.Value;

    private void Number(List<byte> block, int value, int bytes)
    {
        var number = BitConverter.GetBytes(value)[..bytes];
        block.AddRange(bigEndian ? number.Reverse() : number);
    }
}

internal sealed record ExifTag(ushort Id, ushort Type, byte[] Value, int ComponentBytes);
