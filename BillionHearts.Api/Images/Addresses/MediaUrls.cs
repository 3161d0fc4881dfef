using System.Buffers;
using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace BillionHearts.Api.Images.Addresses;

/// <summary>Makes the absolute addresses of bytes: of the configured host, or of the one that the client has asked.</summary>
/// <param name="Expires">With a key: until when the addresses are good, in seconds since 1970.</param>
internal sealed record MediaUrls(string Base, string? SigningKey = null, long Expires = 0)
{
    public const string Original = "original";

    private const int KeyLength = 32;

    /// <summary>All addresses made within this many seconds are the same, so that a browser finds them in its cache again.</summary>
    private const int Step = 120;

    /// <summary>An address is good for so many steps, the one that has begun included: 8 to 10 minutes.</summary>
    private const int Steps = 5;

    private static readonly SearchValues<char> s_hex = SearchValues.Create("0123456789abcdef");

    public static bool IsKey(string text) => text.Length is KeyLength && !text.AsSpan().ContainsAnyExcept(s_hex);

    public static MediaUrls For(HttpRequest request, MediaOptions options, TimeProvider clock) =>
        At(options.PublicUrl is { } configured ? configured.ToString().TrimEnd('/') : $"{request.Scheme}://{request.Host}", options, clock);

    /// <param name="address">Without a slash at its end.</param>
    public static MediaUrls At(string address, MediaOptions options, TimeProvider clock) =>
        options.SigningKey is { Length: > 0 } key
            ? new MediaUrls(address, key, ((clock.GetUtcNow().ToUnixTimeSeconds() / Step) + Steps) * Step)
            : new MediaUrls(address);

    public string Of(string mediaKey, string rendition)
    {
        var path = $"/media/{mediaKey}/{rendition}";
        return SigningKey is null ? Base + path : $"{Base}{path}?exp={Expires}&sig={Sign(path)}";
    }

    // As nginx's secure_link module computes it, which checks it for every request, hits included: the secret stands last, where neither
    // extending the text nor a collision of MD5 helps somebody who does not know it.
#pragma warning disable CA5351 // Broken cryptographic algorithms: the module knows no other.
    private string Sign(string path) => Base64Url.EncodeToString(MD5.HashData(Encoding.UTF8.GetBytes($"{Expires}{path} {SigningKey}")));
#pragma warning restore CA5351
}
