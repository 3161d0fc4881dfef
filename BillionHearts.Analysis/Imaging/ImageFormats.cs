using System.Buffers.Binary;
using NetVips;

namespace BillionHearts.Analysis.Imaging;

/// <summary>The formats that are accepted, told by what the bytes are and never by a name.</summary>
internal static class ImageFormats
{
    public const string Jpeg = "jpeg";
    public const string Png = "png";
    public const string Webp = "webp";
    public const string Gif = "gif";
    public const string Avif = "avif";

    /// <exception cref="UnusableImageException">It is none of them.</exception>
    public static string Detect(byte[] file) => Image.FindLoadBuffer(file) switch
    {
        "VipsForeignLoadJpegBuffer" => Jpeg,
        "VipsForeignLoadPngBuffer" => Png,
        "VipsForeignLoadWebpBuffer" => Webp,
        "VipsForeignLoadNsgifBuffer" => Gif,
        "VipsForeignLoadHeifBuffer" when HasAvifBrand(file) => Avif,
        _ => throw Unsupported(),
    };

    public static UnusableImageException Unsupported() =>
        new(FailureReason.Unsupported, "The file is not a JPEG, PNG, WebP, GIF or AVIF image.");

    // HEIC comes in the same container. Its codec must not see a byte.
    // length · ftyp · major brand · version · compatible brands, four bytes each
    private static bool HasAvifBrand(ReadOnlySpan<byte> file)
    {
        var length = file.Length < 16 ? 0 : (int)Math.Min(BinaryPrimitives.ReadUInt32BigEndian(file), (uint)file.Length);
        for (var position = 8; position + 4 <= length; position += 4)
        {
            if (file.Slice(position, 4).SequenceEqual("avif"u8) || file.Slice(position, 4).SequenceEqual("avis"u8))
            {
                return true;
            }
        }

        return false;
    }
}
