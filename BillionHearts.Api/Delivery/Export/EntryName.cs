using System.Globalization;
using BillionHearts.Api.Delivery.Media;
using BillionHearts.Api.Platform.Data;

namespace BillionHearts.Api.Delivery.Export;

/// <summary>
/// The name of an image's file in a ZIP. It must be a valid file name on every system. The leading id makes it unique, and
/// prevents reserved device names on Windows. The extension is that of the actual type, whatever the original name was.
/// </summary>
internal static class EntryName
{
    public const int MaxBytes = 150;

    private const string Nameless = "image";

    public static string Create(Image image) => Create(image.Id, image.OriginalFilename, FileType.FromName(image.FileType));

    public static string Create(long id, string originalName, FileType type)
    {
        var (start, end) = ($"{id.ToString(CultureInfo.InvariantCulture)}-", $".{type.Extension}");
        var name = Cut(DownloadName.Clean(WithoutExtension(originalName)), MaxBytes - start.Length - end.Length);
        return $"{start}{(name.Length is 0 ? Nameless : name)}{end}";
    }

    /// <summary>Removes the extension of any image type, even a wrong one. Any other extension is kept as part of the name.</summary>
    private static string WithoutExtension(string name) =>
        name.LastIndexOf('.') is >= 0 and var dot && FileType.TryParse(name[dot..], out _) ? name[..dot] : name;

    /// <summary>Cuts after a whole character. Trims dots and spaces at both ends: a leading dot hides the file, and Windows removes trailing ones.</summary>
    private static string Cut(string name, int maxBytes)
    {
        name = name.TrimStart('.', ' ');
        var (length, bytes) = (0, 0);

        foreach (var rune in name.EnumerateRunes())
        {
            if ((bytes += rune.Utf8SequenceLength) > maxBytes)
            {
                break;
            }

            length += rune.Utf16SequenceLength;
        }

        return name[..length].TrimEnd('.', ' ');
    }
}
