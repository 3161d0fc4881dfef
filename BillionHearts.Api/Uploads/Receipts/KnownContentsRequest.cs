using System.Buffers;
using BillionHearts.Api.Platform.Errors;
using BillionHearts.Api.Platform.Input;

namespace BillionHearts.Api.Uploads.Receipts;

internal sealed record KnownContentsRequest(long UserId, IReadOnlyList<string> Sha256)
{
    public const int MaxHashes = 1000;

    /// <summary>Enough for <see cref="MaxHashes"/> hashes, each on its own indented line.</summary>
    public const int MaxBytes = 128 * 1024;

    private const int HashLength = 64;

    private static readonly SearchValues<char> s_hex = SearchValues.Create("0123456789abcdef");

    public static KnownContentsRequest Read(FieldReader fields) => new(
        fields.Integer("user_id", 1, long.MaxValue),
        fields.Texts("sha256", MaxHashes, Fault));

    private static string? Fault(string hash) => hash.Length is HashLength && !hash.AsSpan().ContainsAnyExcept(s_hex)
        ? null
        : $"must be {HashLength} lower-case hex digits, not '{Problems.Shorten(hash)}'";
}

/// <param name="Results">One for each hash, in the order of the request.</param>
internal sealed record KnownContentsResponse(long UserId, IReadOnlyList<KnownContent> Results);

/// <param name="Stored">Whether the user has an image with this content.</param>
/// <param name="ImageIds">All images with this content, oldest first.</param>
internal sealed record KnownContent(string Sha256, bool Stored, IReadOnlyList<long> ImageIds);
