using System.Buffers.Binary;
using System.Security.Cryptography;
using Microsoft.Extensions.Options;

namespace BillionHearts.Notifications.Webhooks.Secrets;

/// <summary>
/// Encrypts signing secrets for the database, where a copy of it would otherwise be enough to forge messages: nonce(12) tag(16) and the secret, by AES-256-GCM.
/// They are bound to their owner, so that a row's secret is of no use in another user's row.
/// </summary>
internal sealed class SecretVault(IOptions<WebhooksOptions> options)
{
    public const int KeyBytes = 32;

    private const int NonceBytes = 12;
    private const int TagBytes = 16;

    // Published, for Development alone: secrets stay readable when everything is started again.
    private static readonly byte[] s_development = SHA256.HashData("billionhearts development key of webhook secrets"u8);

    private readonly byte[][] _keys =
    [
        string.IsNullOrEmpty(options.Value.SecretKey) ? s_development : Parse(options.Value.SecretKey),
        .. options.Value.PreviousSecretKeys.Select(Parse),
    ];

    public static byte[]? TryParseKey(string text)
    {
        var bytes = new byte[KeyBytes];

        return Convert.TryFromBase64String(text, bytes, out var written) && written is KeyBytes ? bytes : null;
    }

    public byte[] Seal(long userId, byte[] secret)
    {
        var bytes = new byte[NonceBytes + TagBytes + secret.Length];
        RandomNumberGenerator.Fill(bytes.AsSpan(0, NonceBytes));
        using var cipher = new AesGcm(_keys[0], TagBytes);
        cipher.Encrypt(bytes.AsSpan(0, NonceBytes), secret, bytes.AsSpan(NonceBytes + TagBytes), bytes.AsSpan(NonceBytes, TagBytes), Owner(userId));

        return bytes;
    }

    /// <exception cref="CryptographicException">None of the keys sealed it.</exception>
    public byte[] Open(long userId, byte[] sealedSecret)
    {
        foreach (var key in _keys)
        {
            var secret = new byte[sealedSecret.Length - NonceBytes - TagBytes];
            using var cipher = new AesGcm(key, TagBytes);

            try
            {
                cipher.Decrypt(
                    sealedSecret.AsSpan(0, NonceBytes), sealedSecret.AsSpan(NonceBytes + TagBytes), sealedSecret.AsSpan(NonceBytes, TagBytes), secret, Owner(userId));

                return secret;
            }
            catch (AuthenticationTagMismatchException)
            {
                // Sealed with another of the keys.
            }
        }

        throw new CryptographicException($"{WebhooksOptions.SectionName}:{nameof(WebhooksOptions.SecretKey)} is not the key that this webhook's secret was encrypted with.");
    }

    private static byte[] Parse(string text) => TryParseKey(text) ?? throw new FormatException($"A key must be {KeyBytes} bytes in base64.");

    private static byte[] Owner(long userId)
    {
        var bytes = new byte[sizeof(long)];
        BinaryPrimitives.WriteInt64BigEndian(bytes, userId);

        return bytes;
    }
}
