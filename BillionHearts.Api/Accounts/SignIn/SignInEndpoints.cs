using System.Text.Json.Serialization;
using BillionHearts.Api.Platform.Http;
using BillionHearts.Api.Platform.Input;
using BillionHearts.Api.Platform.Reference;
using BillionHearts.ServiceDefaults.Access;

namespace BillionHearts.Api.Accounts.SignIn;

internal static class SignInEndpoints
{
    public static void MapSignIn(this IEndpointRouteBuilder routes) => routes
        .MapPost("/token", CreateToken)
        .AllowAnonymous()
        .WithName(nameof(CreateToken)).WithTags("Users").WithSummary("Sign in")
        .WithDescription(
            "The password grant of OAuth 2.0. Send the token as `Authorization: Bearer`; it is valid for `expires_in` seconds. With `scope=offline_access` the answer also " +
            "has a `refresh_token`, and the user a session that `client` names. `grant_type=refresh_token` exchanges it for access tokens; it stays the same and ends when it " +
            "is not used for `Auth:SessionLifetime`, 30 days by default. A refresh token that is not valid is answered 400. Where tokens are not required, `grant_type=development` signs in any `username` without a password. " +
            $"The limits per minute are {SignInLimits.PerAccount} failed attempts for one account and {SignInLimits.PerAddress} attempts from one address.")
        .ReadsForm(TokenRequest.ContentType, () => ParameterReader.Describe(form => TokenRequest.Read(form, allowsDevelopment: true)))
        .Produces<TokenResponse>()
        .Refuses(400, 401, 413, 415, 422, 429, 503);

    private static async Task<IResult> CreateToken(HttpRequest http, TokenGrants grants, AccessMode mode, CancellationToken cancellationToken)
    {
        if (!(await TokenRequest.ReadAsync(http, allowsDevelopment: !mode.RequiresTokens, cancellationToken)).TryGet(out var request, out var refusal))
        {
            return refusal;
        }

        // RFC 6749, 5.1.
        http.HttpContext.Response.Headers.CacheControl = "no-store";
        return (await grants.GrantAsync(request, http.HttpContext.Address(), cancellationToken)).ToResult(TypedResults.Ok);
    }
}

/// <param name="ExpiresIn">Seconds.</param>
/// <param name="RefreshToken">Only when the sign-in opened a session, and shown only once.</param>
internal sealed record TokenResponse(
    string AccessToken, string TokenType, int ExpiresIn, [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? RefreshToken);
