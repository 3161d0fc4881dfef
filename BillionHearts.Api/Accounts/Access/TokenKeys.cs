using Microsoft.Extensions.Options;
using Microsoft.IdentityModel.Tokens;

namespace BillionHearts.Api.Accounts.Access;

/// <summary>The key that signs access tokens, and all keys whose tokens are accepted.</summary>
internal sealed class TokenKeys
{
    public TokenKeys(IOptions<AccessOptions> options)
    {
        Signing = TokenKey.Parse(options.Value.SigningKey is { Length: > 0 } key ? key : TokenKey.Development, mustSign: true);
        Accepted = [Signing, .. options.Value.PreviousKeys.Select(previous => TokenKey.Parse(previous, mustSign: false))];
    }

    public ECDsaSecurityKey Signing { get; }

    public IReadOnlyList<SecurityKey> Accepted { get; }
}
