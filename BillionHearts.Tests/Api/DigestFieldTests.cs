using System.Security.Cryptography;
using BillionHearts.Api.Uploads.Digests;
using BillionHearts.Api.Uploads.Idempotency;
using Microsoft.AspNetCore.Http;

namespace BillionHearts.Tests.Api;

public sealed class DigestFieldTests
{
    private static readonly byte[] s_text = "{\"hello\": \"world\"}\n"u8.ToArray();

    /// <summary>The examples of RFC 9530, appendix B, have these digests.</summary>
    private const string Sha256 = "sha-256=:RK/0qy18MlBSVnWgjwz6lZEWjP/lF5HF9bvEF8FabDg=:";

    private const string Sha512 = "sha-512=:YMAam51Jz/jOATT6/zvHrLVgOYTGFy1d6GJiOHTohq4yP+pgk4vf2aCsyRZOtw8MjkM7iw7yZ/WkppmM44T3qg==:";

    [Theory]
    [InlineData(Sha256, true, false)]
    [InlineData(Sha512, false, true)]
    [InlineData($"{Sha256}, {Sha512}", true, true)]
    [InlineData($"  {Sha256},{Sha512}  ", true, true)]
    [InlineData("md5=:Sd/dVLAcvNLSq16eXua5uQ==:", false, false)]
    [InlineData($"unknown=:AAAA:, {Sha256}", true, false)]
    [InlineData($"sha-256=:AAAA:, {Sha256}", true, false)]
    public void A_digest_header_is_read_and_unknown_algorithms_are_ignored(string field, bool hasSha256, bool hasSha512)
    {
        var (expected, refusal) = Read(("Content-Digest", field));

        Assert.Null(refusal);
        Assert.Equal((hasSha256, hasSha512), (expected.Sha256 is not null, expected.Sha512 is not null));
        Assert.Null(expected.Compare(SHA256.HashData(s_text), SHA512.HashData(s_text)));
        Assert.Equal(hasSha256 || hasSha512, expected.Compare(SHA256.HashData([1]), SHA512.HashData([1])) is not null);
    }

    [Theory]
    [InlineData("sha-256")]
    [InlineData("sha-256=")]
    [InlineData("sha-256=abc")]
    [InlineData("sha-256=:abc")]
    [InlineData("sha-256=:?:")]
    [InlineData("sha-256=:AAAA:")]
    [InlineData("SHA-256=:AAAA:")]
    [InlineData("=:AAAA:")]
    [InlineData($"{Sha256} {Sha512}")]
    [InlineData($"{Sha256},")]
    [InlineData($"{Sha256};q=1")]
    [InlineData($",{Sha256}")]
    public void A_digest_that_cannot_be_read_is_400_and_named(string field)
    {
        var (_, refusal) = Read(("Content-Digest", field));
        Assert.Equal((400, "digest-malformed"), (refusal?.Status, refusal?.Slug));
        Assert.Contains("Content-Digest", refusal!.Detail);
    }

    [Fact]
    public void Two_digest_headers_that_disagree_are_400()
    {
        var other = $"sha-256=:{Convert.ToBase64String(new byte[32])}:";
        Assert.Equal(400, Read(("Content-Digest", Sha256), ("Repr-Digest", other)).Refusal?.Status);
        Assert.Null(Read(("Content-Digest", Sha256), ("Repr-Digest", Sha256)).Refusal);
    }

    [Theory]
    [InlineData("umlaut-ä")]
    [InlineData("nul-\0")]
    [InlineData("a,\u00A0b")]
    public void An_idempotency_key_with_other_than_visible_ASCII_is_400(string key)
    {
        var http = new DefaultHttpContext();
        http.Request.Headers[IdempotencyKey.Header] = key;
        Assert.Equal((400, "idempotency-key-invalid"), IdempotencyKey.Read(http.Request, out _) is { } refusal ? (refusal.Status, refusal.Slug) : default);
    }

    [Fact]
    public void Fingerprints_of_similar_but_different_requests_differ()
    {
        byte[][] all =
        [
            IdempotentRequest.Hash("a", "bc"),
            IdempotentRequest.Hash("ab", "c"),
            IdempotentRequest.Hash("abc"),
            IdempotentRequest.Hash("abc", null),
            IdempotentRequest.Hash("abc", ""),
            IdempotentRequest.Hash("abc", 1),
        ];
        Assert.Equal(all.Length, all.Select(Convert.ToHexString).Distinct().Count());
        Assert.Equal(all[0], IdempotentRequest.Hash("a", "bc"));
    }

    private static (ExpectedDigests Expected, BillionHearts.ServiceDefaults.Errors.Problem? Refusal) Read(params (string Name, string Value)[] headers)
    {
        var http = new DefaultHttpContext();

        foreach (var (name, value) in headers)
        {
            http.Request.Headers.Append(name, value);
        }

        return ExpectedDigests.Read(http.Request.Headers).TryGet(out var expected, out var refusal) ? (expected, null) : (ExpectedDigests.None, refusal);
    }
}
