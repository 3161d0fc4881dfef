using System.ComponentModel.DataAnnotations;

namespace BillionHearts.Api.Accounts.Access;

/// <summary>How access tokens are issued and validated. Bound from the <c>Auth</c> section.</summary>
internal sealed record AccessOptions
{
    public const string SectionName = "Auth";

    /// <summary>ECDSA P-256 in PKCS#8, as PEM or as the base64 of its DER. Without it the published development key signs, in Development only.</summary>
    public string? SigningKey { get; init; }

    /// <summary>Earlier signing keys, private or public: their tokens stay valid until they expire.</summary>
    public IReadOnlyList<string> PreviousKeys { get; init; } = [];

    /// <summary>An OpenID Connect provider whose access tokens are accepted in addition to our own.</summary>
    public ExternalIssuerOptions External { get; init; } = new();

    [Required]
    public string Issuer { get; init; } = "https://billionhearts.dev";

    [Required]
    public string Audience { get; init; } = "billionhearts-api";

    [Range(typeof(TimeSpan), "00:01:00", "1.00:00:00")]
    public TimeSpan TokenLifetime { get; init; } = TimeSpan.FromMinutes(30);

    /// <summary>A session that is not used for this long ends.</summary>
    [Range(typeof(TimeSpan), "01:00:00", "365.00:00:00")]
    public TimeSpan SessionLifetime { get; init; } = TimeSpan.FromDays(30);
}
