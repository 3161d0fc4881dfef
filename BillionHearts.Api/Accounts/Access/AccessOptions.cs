using System.ComponentModel.DataAnnotations;

namespace BillionHearts.Api.Accounts.Access;

/// <summary>How access tokens are made and judged. Bound from the <c>Auth</c> section.</summary>
internal sealed record AccessOptions
{
    public const string SectionName = "Auth";

    /// <summary>ECDSA P-256 in PKCS#8, as PEM or as the base64 of its DER. Without one a key that is known to everybody signs, in Development only.</summary>
    public string? SigningKey { get; init; }

    /// <summary>Keys that signed before, private or public: their tokens stay good until they expire.</summary>
    public IReadOnlyList<string> PreviousKeys { get; init; } = [];

    /// <summary>An OpenID Connect provider whose access tokens are accepted beside our own.</summary>
    public ExternalIssuerOptions External { get; init; } = new();

    [Required]
    public string Issuer { get; init; } = "https://billionhearts.dev";

    [Required]
    public string Audience { get; init; } = "billionhearts-api";

    [Range(typeof(TimeSpan), "00:01:00", "1.00:00:00")]
    public TimeSpan TokenLifetime { get; init; } = TimeSpan.FromMinutes(30);
}
