using System.Globalization;
using BillionHearts.Api.Delivery.Media;
using BillionHearts.Api.Platform.Data;

namespace BillionHearts.Api.Delivery.Export;

/// <summary>
/// The name of an image's file in a ZIP, which whoever unpacks it makes a file of. The id before it makes it unique, and no
/// device of Windows; the end is that of the true type, whatever the image was called.
/// </summary>
internal static class EntryName
{
    public const int MaxBytes = 150;

    private const string Nameless = "image";

    public static string Of(Image image) => Of(image.Id, image.OriginalFilename, FileType.FromName(image.FileType));

    public static string Of(long id, string originalName, FileType type)
    {
        var (start, end) = ($"{id.ToString(CultureInfo.InvariantCulture)}-", $".{type.Extension}");
        var name = Cut(DownloadName.Clean(WithoutExtension(originalName)), MaxBytes - start.Length - end.Length);
        return $"{start}{(name.Length is 0 ? Nameless : name)}{end}";
    }

    /// <summary>Without the one of an image, right or wrong. Any other is a part of the name.</summary>
    private static string WithoutExtension(string name) =>
        name.LastIndexOf('.') is >= 0 and var dot && FileType.TryParse(name[dot..], out _) ? name[..dot] : name;

    /// <summary>At the end of a character. Neither hidden nor, on Windows, renamed: dots and spaces are at neither end.</summary>
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
