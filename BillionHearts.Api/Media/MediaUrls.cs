using System.Buffers;

namespace BillionHearts.Api.Media;

/// <summary>Makes the absolute addresses of bytes: of the configured host, or of the one that the client has asked.</summary>
internal sealed record MediaUrls(string Base)
{
    public const string Original = "original";
    public const string Thumb = "thumb";
    public const string Preview = "preview";

    private const int KeyLength = 32;

    private static readonly SearchValues<char> s_hex = SearchValues.Create("0123456789abcdef");

    public static bool IsKey(string text) => text.Length is KeyLength && !text.AsSpan().ContainsAnyExcept(s_hex);

    public static MediaUrls For(HttpRequest request, MediaOptions options) =>
        new(options.PublicUrl is { } address ? address.ToString().TrimEnd('/') : $"{request.Scheme}://{request.Host}");

    public string Of(string mediaKey, string rendition) => $"{Base}/media/{mediaKey}/{rendition}";
}
