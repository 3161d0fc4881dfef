using System.Security.Cryptography;
using StandardWebhooks;

namespace BillionHearts.Notifications.Webhooks.Secrets;

/// <summary>A webhook's secret as its owner gets it (Standard Webhooks, "Signature scheme").</summary>
/// <example><c>whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSwMfKQ9r8GKYq=</c></example>
internal static class SigningSecret
{
    public const int Bytes = 32;

    private const string Prefix = "whsec_";

    public static byte[] New() => RandomNumberGenerator.GetBytes(Bytes);

    public static string Format(byte[] secret) => Prefix + Convert.ToBase64String(secret);

    /// <summary>The header <c>webhook-signature</c>: one signature for each secret, the newest first, because some receivers look at the first alone.</summary>
    public static string Sign(IEnumerable<byte[]> secrets, string messageId, DateTimeOffset timestamp, string payload) =>
        string.Join(' ', secrets.Select(secret => new StandardWebhook(secret).Sign(messageId, timestamp, payload)));
}
