using BillionHearts.Api.Images.Addresses;
using BillionHearts.Contracts;

namespace BillionHearts.Api.Delivery.Edge;

/// <summary>All addresses for which a gateway may have a cached copy of one version of an image.</summary>
internal static class EdgeAddresses
{
    private static readonly string[] s_always = [MediaUrls.Original, StoredRendition.Thumb, StoredRendition.Preview];

    private static readonly string[] s_formats = ["image/avif", "image/webp", "image/jpeg"];

    /// <param name="made">Names of the renditions that were made on demand.</param>
    public static IEnumerable<EdgeAddress> List(string mediaKey, IEnumerable<string> made) =>
        s_always.Select(name => new EdgeAddress(mediaKey, name)).Concat(made
            .Select(name => RenditionName.TryParse(name, out var parsed) ? parsed : null)
            .OfType<RenditionName>()
            .Select(name => name with { Format = "" })
            .Distinct()
            .SelectMany(box => ListBox(mediaKey, box)));

    /// <summary>One box has several addresses: a format may stand in for another, and with <c>auto</c> the reader's Accept header decides.</summary>
    private static IEnumerable<EdgeAddress> ListBox(string mediaKey, RenditionName box) => box.IsClean
        ? [new EdgeAddress(mediaKey, box.ToString())]
        :
        [
            new EdgeAddress(mediaKey, $"{box with { Format = RenditionName.Webp }}"),
            new EdgeAddress(mediaKey, $"{box with { Format = RenditionName.Jpeg }}"),
            new EdgeAddress(mediaKey, $"{box with { Format = RenditionName.Avif }}"),
            .. s_formats.Select(format => new EdgeAddress(mediaKey, $"{box with { Format = RenditionName.Auto }}", format)),
        ];
}
