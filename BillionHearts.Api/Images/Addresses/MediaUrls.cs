using System.Buffers;
using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace BillionHearts.Api.Images.Addresses;

/// <summary>Builds the absolute addresses of media, at the configured host or at the host of the request.</summary>
/// <param name="Expires">With a key: when the addresses expire, in seconds since 1970.</param>
internal sealed record MediaUrls(string Base, string? SigningKey = null, long Expires = 0)
{
    public const string Original = "original";

    private const int KeyLength = 32;

    /// <summary>The expiry is rounded to this many seconds, so that addresses stay the same for a while and browsers find them in their cache.</summary>
    private const int Step = 120;

    /// <summary>An address is valid for this many steps, including the current one: 8 to 10 minutes.</summary>
    private const int Steps = 5;

    private static readonly SearchValues<char> s_hex = SearchValues.Create("0123456789abcdef");

    public static bool IsKey(string text) => text.Length is KeyLength && !text.AsSpan().ContainsAnyExcept(s_hex);

    public static MediaUrls For(HttpRequest request, MediaOptions options, TimeProvider clock) =>
        At(options.PublicUrl is { } configured ? configured.ToString().TrimEnd('/') : $"{request.Scheme}://{request.Host}", options, clock);

    /// <param name="address">Base address without a trailing slash.</param>
    public static MediaUrls At(string address, MediaOptions options, TimeProvider clock) =>
        options.SigningKey is { Length: > 0 } key
            ? new MediaUrls(address, key, ((clock.GetUtcNow().ToUnixTimeSeconds() / Step) + Steps) * Step)
            : new MediaUrls(address);

    public string Build(string mediaKey, string rendition)
    {
        var path = $"/media/{mediaKey}/{rendition}";
        return SigningKey is null ? Base + path : $"{Base}{path}?exp={Expires}&sig={Sign(path)}";
    }

    // The format of nginx's secure_link module, which checks every request, cache hits included. The secret comes last, so neither
    // length extension nor an MD5 collision helps an attacker who does not know it.
#pragma warning disable CA5351 // Broken cryptographic algorithms: the module supports no other.
    private string Sign(string path) => Base64Url.EncodeToString(MD5.HashData(Encoding.UTF8.GetBytes($"{Expires}{path} {SigningKey}")));
#pragma warning restore CA5351
}
