using System.Diagnostics.CodeAnalysis;

namespace BillionHearts.Api.Images;

/// <summary>A format on the list of what is accepted. Bytes are served with the type that stands here and never with one a client sent.</summary>
internal sealed record FileType(string Name)
{
    public static readonly FileType Jpeg = new("jpeg");
    public static readonly FileType Png = new("png");
    public static readonly FileType Webp = new("webp");
    public static readonly FileType Gif = new("gif");
    public static readonly FileType Avif = new("avif");

    public static readonly IReadOnlyList<FileType> All = [Jpeg, Png, Webp, Gif, Avif];

    public static IReadOnlyList<string> AllNames { get; } = [.. All.Select(type => type.Name)];

    public static string Names { get; } = string.Join(", ", AllNames);

    public string ContentType { get; } = $"image/{Name}";

    /// <summary>Of a file, as most people have it.</summary>
    public string Extension { get; } = Name is "jpeg" ? "jpg" : Name;

    /// <summary>Reads a name as clients of the original service spell it: <c>jpeg</c>, <c>jpg</c>, <c>.JPG</c>, <c>image/jpeg</c>.</summary>
    public static bool TryParse(string text, [NotNullWhen(true)] out FileType? type)
    {
        var name = text.ToLowerInvariant();
        name = name.StartsWith("image/", StringComparison.Ordinal) ? name["image/".Length..] : name.TrimStart('.');
        name = name is "jpg" or "pjpeg" ? "jpeg" : name;
        type = All.FirstOrDefault(candidate => candidate.Name == name);
        return type is not null;
    }

    /// <inheritdoc cref="TryParse"/>
    public static FileType? Parse(string text) => TryParse(text, out var type) ? type : null;

    public static FileType Of(string storedName) =>
        All.FirstOrDefault(candidate => candidate.Name == storedName) ?? throw new ArgumentException($"'{storedName}' is not a file type.", nameof(storedName));
}
