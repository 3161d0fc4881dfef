using BillionHearts.Api.Images.Addresses;
using BillionHearts.Contracts;

namespace BillionHearts.Api.Delivery.Edge;

/// <summary>All addresses under which a gateway may have a copy of one version of an image.</summary>
internal static class EdgeAddresses
{
    private static readonly string[] s_always = [MediaUrls.Original, StoredRendition.Thumb, StoredRendition.Preview];

    private static readonly string[] s_formats = ["image/avif", "image/webp", "image/jpeg"];

    /// <param name="made">Names of what was made when it was asked for.</param>
    public static IEnumerable<EdgeAddress> Of(string mediaKey, IEnumerable<string> made) =>
        s_always.Select(name => new EdgeAddress(mediaKey, name)).Concat(made
            .Select(name => RenditionName.TryParse(name, out var parsed) ? parsed : null)
            .OfType<RenditionName>()
            .Select(name => name with { Format = "" })
            .Distinct()
            .SelectMany(box => Of(mediaKey, box)));

    /// <summary>One box has several: of formats that stand in for others, and of those that the reader's Accept decides.</summary>
    private static IEnumerable<EdgeAddress> Of(string mediaKey, RenditionName box) => box.IsClean
        ? [new EdgeAddress(mediaKey, box.ToString())]
        :
        [
            new EdgeAddress(mediaKey, $"{box with { Format = RenditionName.Webp }}"),
            new EdgeAddress(mediaKey, $"{box with { Format = RenditionName.Jpeg }}"),
            new EdgeAddress(mediaKey, $"{box with { Format = RenditionName.Avif }}"),
            .. s_formats.Select(format => new EdgeAddress(mediaKey, $"{box with { Format = RenditionName.Auto }}", format)),
        ];
}
