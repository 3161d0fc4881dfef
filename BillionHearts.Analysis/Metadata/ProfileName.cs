using System.Buffers.Binary;
using System.Text;
using BillionHearts.Contracts;

namespace BillionHearts.Analysis.Metadata;

/// <summary>Recognises common colour profiles by their description (ICC.1:2022, tag <c>desc</c>).</summary>
internal static class ProfileName
{
    private const int HeaderBytes = 128;
    private const int TagBytes = 12;

    private static readonly (string Start, string Name)[] s_known =
    [
        ("sRGB", ColorProfiles.Srgb), ("Display P3", ColorProfiles.DisplayP3), ("Adobe RGB", ColorProfiles.AdobeRgb), ("ProPhoto", ColorProfiles.ProPhotoRgb),
        ("ROMM", ColorProfiles.ProPhotoRgb), ("Rec. 2020", ColorProfiles.Rec2020), ("Rec2020", ColorProfiles.Rec2020), ("ITU-R BT.2020", ColorProfiles.Rec2020),
        ("BT.2020", ColorProfiles.Rec2020),
    ];

    /// <returns>One of <see cref="ColorProfiles"/>; never throws, whatever the bytes are.</returns>
    public static string Of(ReadOnlySpan<byte> content)
    {
        var description = Description(IccProfile.Of(content)).Trim();
        return Array.Find(s_known, known => description.StartsWith(known.Start, StringComparison.OrdinalIgnoreCase)).Name ?? ColorProfiles.Other;
    }

    private static string Description(ReadOnlySpan<byte> profile)
    {
        // The tags of a profile that IccProfile has accepted are within it.
        var count = profile.IsEmpty ? 0 : BinaryPrimitives.ReadInt32BigEndian(profile[HeaderBytes..]);
        for (var i = 0; i < count; i++)
        {
            var tag = profile.Slice(HeaderBytes + 4 + i * TagBytes, TagBytes);
            if (tag.StartsWith("desc"u8))
            {
                return Text(profile.Slice(BinaryPrimitives.ReadInt32BigEndian(tag[4..]), BinaryPrimitives.ReadInt32BigEndian(tag[8..])));
            }
        }

        return "";
    }

    // Version 2: "desc" · 0 · length with a final 0 · ASCII.
    // Version 4: "mluc" · 0 · number of texts · 12 · (language · country · length · offset)* · UTF-16. The first text serves.
    private static string Text(ReadOnlySpan<byte> content) => content.Length switch
    {
        >= 12 when content.StartsWith("desc"u8) => Encoding.ASCII.GetString(Part(content, offset: 12, content[8..])),
        >= 28 when content.StartsWith("mluc"u8) => Encoding.BigEndianUnicode.GetString(Part(content, BinaryPrimitives.ReadUInt32BigEndian(content[24..]), content[20..])),
        _ => "",
    };

    private static ReadOnlySpan<byte> Part(ReadOnlySpan<byte> content, uint offset, ReadOnlySpan<byte> length) =>
        offset <= content.Length && BinaryPrimitives.ReadUInt32BigEndian(length) is var bytes && bytes <= content.Length - offset
            ? content.Slice((int)offset, (int)bytes)
            : default;
}
