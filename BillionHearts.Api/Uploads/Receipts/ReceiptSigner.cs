using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using BillionHearts.Api.Accounts.Access;
using Microsoft.AspNetCore.Http.Json;
using Microsoft.Extensions.Options;

namespace BillionHearts.Api.Uploads.Receipts;

/// <summary>
/// Signs statements as JSON Web Signatures in compact form (RFC 7515, 7.1) with ES256 (RFC 7518, 3.4):
/// <c>base64url(header).base64url(statement).base64url(r ‖ s)</c>.
/// </summary>
internal sealed class ReceiptSigner(ReceiptKeys keys, IOptions<JsonOptions> json)
{
    /// <summary>Prevents a receipt from being accepted as an access token where both are verified with one set of keys (RFC 8725, 3.11).</summary>
    public const string Type = "receipt+jws";

    public async Task<ReceiptResponse> SignAsync(ReceiptStatement statement, CancellationToken cancellationToken)
    {
        var payload = JsonSerializer.SerializeToUtf8Bytes(statement, json.Value.SerializerOptions);
        return new ReceiptResponse(statement, Sign(payload, await keys.GetSigningKeyAsync(cancellationToken)));
    }

    private static string Sign(byte[] payload, ReceiptKey key)
    {
        var header = JsonSerializer.SerializeToUtf8Bytes(new { alg = PublicKey.Algorithm, kid = key.Id, typ = Type });
        var signed = $"{Base64Url.EncodeToString(header)}.{Base64Url.EncodeToString(payload)}";

        // One for each signature: an instance is not guaranteed to be thread-safe.
        using var pair = ECDsa.Create();
        pair.ImportPkcs8PrivateKey(key.PrivateKey, out _);
        var signature = pair.SignData(Encoding.ASCII.GetBytes(signed), HashAlgorithmName.SHA256, DSASignatureFormat.IeeeP1363FixedFieldConcatenation);
        return $"{signed}.{Base64Url.EncodeToString(signature)}";
    }
}
