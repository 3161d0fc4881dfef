using System.Diagnostics.CodeAnalysis;

namespace BillionHearts.Formats;

/// <summary>An accepted format. Files are served with the content type given here, never with one that a client sent.</summary>
/// <param name="Name">One of <see cref="FormatName"/>.</param>
public sealed record FileType(string Name)
{
    public static readonly FileType Jpeg = new(FormatName.Jpeg);
    public static readonly FileType Png = new(FormatName.Png);
    public static readonly FileType Webp = new(FormatName.Webp);
    public static readonly FileType Gif = new(FormatName.Gif);
    public static readonly FileType Avif = new(FormatName.Avif);
    public static readonly FileType Heic = new(FormatName.Heic);

    /// <summary>All accepted formats.</summary>
    public static readonly IReadOnlyList<FileType> All = [Jpeg, Png, Webp, Gif, Avif, Heic];

    public static IReadOnlyList<string> AllNames { get; } = [.. All.Select(type => type.Name)];

    /// <summary>All names, separated by commas, for error messages.</summary>
    public static string Names { get; } = string.Join(", ", AllNames);

    /// <summary>The media type, such as <c>image/jpeg</c>.</summary>
    public string ContentType { get; } = $"image/{Name}";

    /// <summary>The common file name extension, without the dot.</summary>
    public string Extension { get; } = Name is FormatName.Jpeg ? "jpg" : Name;

    /// <summary>Reads a name as clients of the original service spell it: <c>jpeg</c>, <c>jpg</c>, <c>.JPG</c>, <c>image/jpeg</c>; and <c>heif</c>, as some phones name HEIC.</summary>
    public static bool TryParse(string text, [NotNullWhen(true)] out FileType? type)
    {
        var name = text.ToLowerInvariant();
        name = name.StartsWith("image/", StringComparison.Ordinal) ? name["image/".Length..] : name.TrimStart('.');
        name = name switch
        {
            "jpg" or "pjpeg" => FormatName.Jpeg,
            "heif" => FormatName.Heic,
            _ => name,
        };
        type = All.FirstOrDefault(candidate => candidate.Name == name);
        return type is not null;
    }

    /// <inheritdoc cref="TryParse"/>
    public static FileType? Parse(string text) => TryParse(text, out var type) ? type : null;

    /// <summary>The type with this name, which was stored and so must exist.</summary>
    /// <exception cref="ArgumentException">There is no such type.</exception>
    public static FileType FromName(string storedName) =>
        All.FirstOrDefault(candidate => candidate.Name == storedName) ?? throw new ArgumentException($"'{storedName}' is not a file type.", nameof(storedName));
}
