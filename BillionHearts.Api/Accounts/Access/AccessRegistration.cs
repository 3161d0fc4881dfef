using BillionHearts.Api.Accounts.Keys;
using BillionHearts.ServiceDefaults.Access;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.JwtBearer;
using Microsoft.AspNetCore.Authorization;
using Microsoft.Extensions.Options;
using Microsoft.IdentityModel.JsonWebTokens;

namespace BillionHearts.Api.Accounts.Access;

internal static class AccessRegistration
{
    private const string DefaultScheme = "Credentials";

    public static void AddAccess(this WebApplicationBuilder builder)
    {
        var services = builder.Services;

        services.AddSingleton(AccessMode.Read(builder.Configuration, builder.Environment));
        services.AddOptions<AccessOptions>().BindConfiguration(AccessOptions.SectionName).ValidateDataAnnotations().ValidateOnStart();
        services.AddSingleton<IValidateOptions<AccessOptions>, AccessOptionsValidation>();
        services.AddSingleton<TokenKeys>();
        services.AddSingleton<TokenIssuer>();
        services.AddSingleton<OwnerLookup>();

        services.AddAuthentication(DefaultScheme)
            .AddPolicyScheme(DefaultScheme, displayName: null, scheme => scheme.ForwardDefaultSelector = SchemeOf)
            .AddJwtBearer()
            .AddJwtBearer(ExternalIssuer.SchemeName, configureOptions: _ => { })
            .AddScheme<AuthenticationSchemeOptions, ApiKeyAuthentication>(ApiKeyAuthentication.SchemeName, configureOptions: null);
        services.AddSingleton<IConfigureOptions<JwtBearerOptions>, TokenValidation>();
        services.AddSingleton<IConfigureOptions<JwtBearerOptions>, ExternalIssuer>();

        services.AddSingleton<IAuthorizationHandler, AccessHandler>();
        services.AddSingleton<IAuthorizationMiddlewareResultHandler, RefusalWriter>();
        services.AddAuthorizationBuilder().SetFallbackPolicy(new AuthorizationPolicyBuilder().RequireAssertion(IsNoRoute).Build());
    }

    /// <summary>Whose credentials they are, by their looks alone; whether they are good is for that scheme to say.</summary>
    private static string SchemeOf(HttpContext http)
    {
        if (BearerToken.Of(http.Request) is not { } token)
        {
            return JwtBearerDefaults.AuthenticationScheme;
        }

        if (KeySecret.HasPrefix(token))
        {
            return ApiKeyAuthentication.SchemeName;
        }

        var options = http.RequestServices.GetRequiredService<IOptions<AccessOptions>>().Value;
        return options.External.Authority is not null && IssuerOf(token) is { } issuer && issuer != options.Issuer
            ? ExternalIssuer.SchemeName
            : JwtBearerDefaults.AuthenticationScheme;
    }

    private static string? IssuerOf(string token)
    {
        try
        {
            return new JsonWebToken(token).Issuer;
        }
        catch (ArgumentException)
        {
            return null;
        }
    }

    // Unknown addresses and methods are answered as such; a route without a rule was forgotten, and answers nobody.
    private static bool IsNoRoute(AuthorizationHandlerContext context) => context.Resource is HttpContext http && http.GetEndpoint() is not RouteEndpoint;
}
