using System.Buffers.Binary;
using System.Text;
using BillionHearts.Analysis.Imaging;
using BillionHearts.Formats;

namespace BillionHearts.Analysis.Metadata;

/// <summary>Which items, properties, groups and brands of an AVIF or HEIC are kept: those that are needed to show the picture as it was.</summary>
internal static class HeifAllowList
{
    private static readonly HashSet<string> s_auxiliaries =
    [
        "urn:mpeg:mpegB:cicp:systems:auxiliary:alpha", "urn:mpeg:mpegB:cicp:systems:auxiliary:depth", "urn:mpeg:hevc:2015:auxid:1", "urn:mpeg:hevc:2015:auxid:2",
        "urn:com:apple:photo:2020:aux:hdrgainmap",
    ];

    private static readonly HashSet<string> s_brands =
    [
        "avif", "avis", "avio", "heic", "heix", "heim", "heis", "hevc", "hevx", "hevm", "hevs",
        "mif1", "mif2", "mif3", "miaf", "MA1A", "MA1B", "MiHA", "MiHB", "MiHE", "MiPr", "tmap", "1pic",
    ];

    /// <summary>The items that are pixels, or make a picture of other items, except thumbnails and what only they are made of.</summary>
    /// <param name="auxiliaries">Which of the items that belong to another picture are kept with it. Phones add masks of hair and skin, for example.</param>
    /// <exception cref="UnusableImageException">A picture that is kept needs one that is not.</exception>
    public static HashSet<uint> Pictures(HeifItems items, HashSet<uint> auxiliaries)
    {
        var kept = items.All.Where(static item => item.Type is "av01" or "hvc1" or "grid" or "iden" or "iovl" or "tmap").Select(static item => item.Id).ToHashSet();
        var inputs = items.References.Where(static reference => reference.Type is "dimg").ToLookup(static reference => reference.From, static reference => reference.To);
        var belongings = items.References.Where(static reference => reference.Type is "auxl").ToLookup(static reference => reference.To, static reference => reference.From);

        var dropped = new Queue<uint>(items.References
            .Where(reference => reference.Type is "thmb" || (reference.Type is "auxl" && !auxiliaries.Contains(reference.From)))
            .Select(static reference => reference.From));
        while (dropped.TryDequeue(out var id))
        {
            if (kept.Remove(id))
            {
                foreach (var part in inputs[id].Concat(belongings[id]))
                {
                    dropped.Enqueue(part);
                }
            }
        }

        var isComplete = kept.Contains(items.Primary.Id) && items.References.TrueForAll(
            reference => reference.Type is not "dimg" || !kept.Contains(reference.From) || kept.Contains(reference.To));
        return isComplete && items.Primary.Extents.Count > 0 ? kept : throw Damage.CorruptHeif();
    }

    public static bool AllowsBrand(ReadOnlySpan<byte> brand) => s_brands.Contains(Encoding.Latin1.GetString(brand));

    /// <returns>How many bytes of a property's content are kept; 0 when the property is not.</returns>
    public static int KeptBytes(string property, ReadOnlySpan<byte> content)
    {
        if (property is "colr")
        {
            return KeptColours(content);
        }

        if (property is "auxC")
        {
            return KeptAuxiliary(content);
        }

        // All of them have a known length: nothing else can be in them.
        var isAllowed = property switch
        {
            "ispe" => content.Length is 12,
            "pixi" => content.Length >= 5 && content.Length == 5 + content[4],
            "av1C" => content.Length is >= 4 and <= 1024,
            // Without it there is no picture.
            "hvcC" => HevcUnits.IsConfiguration(content) ? true : throw Damage.CorruptHeif(),
            "irot" or "imir" or "a1op" => content.Length is 1,
            "lsel" => content.Length is 2,
            "clli" => content.Length is 4,
            "pasp" or "amve" => content.Length is 8,
            "a1lx" => content.Length is 7 or 13,
            "mdcv" => content.Length is 24,
            "clap" => content.Length is 32,
            _ => false,
        };
        return isAllowed ? content.Length : 0;
    }

    /// <summary>Alternatives to one another, and the two pictures of a stereo pair.</summary>
    // version · id · number of items · id*
    public static bool AllowsGroup(string group, ReadOnlySpan<byte> content) =>
        group is "altr" or "ster" && content.Length >= 12
        && BinaryPrimitives.ReadUInt32BigEndian(content[8..]) == (content.Length - 12) / 4.0;

    // version and flags · type · 0 · data of a form that depends on the type
    private static int KeptAuxiliary(ReadOnlySpan<byte> content)
    {
        var length = content.Length > 4 ? content[4..].IndexOf((byte)0) : -1;
        return length > 0 && s_auxiliaries.Contains(Encoding.Latin1.GetString(content.Slice(4, length))) ? 4 + length + 1 : 0;
    }

    // "nclx" · numbers of 7 bytes | "prof" or "rICC" · profile
    private static int KeptColours(ReadOnlySpan<byte> content)
    {
        if (content.StartsWith("nclx"u8))
        {
            return content.Length is 11 ? content.Length : 0;
        }

        var profile = content.StartsWith("prof"u8) || content.StartsWith("rICC"u8) ? IccProfile.Of(content[4..]) : default;
        return profile.IsEmpty ? 0 : 4 + profile.Length;
    }
}
