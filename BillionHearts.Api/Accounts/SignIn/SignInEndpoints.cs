using BillionHearts.Api.Accounts.Access;
using BillionHearts.Api.Platform.Http;
using BillionHearts.Api.Platform.Input;
using BillionHearts.Api.Platform.Reference;

namespace BillionHearts.Api.Accounts.SignIn;

internal static class SignInEndpoints
{
    public static void MapSignIn(this IEndpointRouteBuilder routes) => routes
        .MapPost("/token", CreateToken)
        .AllowAnonymous()
        .WithName(nameof(CreateToken)).WithTags("Users").WithSummary("Sign in")
        .WithDescription(
            "The password grant of OAuth 2.0. Send the token as `Authorization: Bearer`; it is valid for `expires_in` seconds. " +
            $"The limits per minute are {SignInLimits.PerAccount} failed attempts for one account and {SignInLimits.PerAddress} attempts from one address.")
        .ReadsForm(Credentials.ContentType, () => ParameterReader.Describe(form => Credentials.Read(form)))
        .Produces<TokenResponse>()
        .Refuses(401, 413, 415, 422, 429, 503);

    private static async Task<IResult> CreateToken(HttpRequest http, PasswordSignIn signIn, TokenIssuer tokens, CancellationToken cancellationToken)
    {
        if (!(await Credentials.ReadAsync(http, cancellationToken)).TryGet(out var credentials, out var refusal)
            || !(await signIn.TryAsync(credentials, http.HttpContext.Address(), cancellationToken)).TryGet(out var user, out refusal))
        {
            return refusal;
        }

        // RFC 6749, 5.1.
        http.HttpContext.Response.Headers.CacheControl = "no-store";
        return TypedResults.Ok(new TokenResponse(tokens.Issue(user.UserId), "bearer", (int)tokens.Lifetime.TotalSeconds));
    }
}

/// <param name="ExpiresIn">Seconds.</param>
internal sealed record TokenResponse(string AccessToken, string TokenType, int ExpiresIn);
