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
            .AddPolicyScheme(DefaultScheme, displayName: null, scheme => scheme.ForwardDefaultSelector = SelectScheme)
            .AddJwtBearer()
            .AddJwtBearer(ExternalIssuer.SchemeName, configureOptions: _ => { })
            .AddScheme<AuthenticationSchemeOptions, ApiKeyAuthentication>(ApiKeyAuthentication.SchemeName, configureOptions: null);
        services.AddSingleton<IConfigureOptions<JwtBearerOptions>, TokenValidation>();
        services.AddSingleton<IConfigureOptions<JwtBearerOptions>, ExternalIssuer>();

        services.AddSingleton<IAuthorizationHandler, AccessHandler>();
        services.AddSingleton<IAuthorizationMiddlewareResultHandler, RefusalWriter>();
        services.AddAuthorizationBuilder().SetFallbackPolicy(new AuthorizationPolicyBuilder().RequireAssertion(IsNoRoute).Build());
    }

    /// <summary>Selects the scheme by the form of the credentials alone; the scheme then validates them.</summary>
    private static string SelectScheme(HttpContext http)
    {
        if (BearerToken.Read(http.Request) is not { } token)
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

    // Unknown paths and methods get their usual answer. A route without a rule is a mistake, and refuses every request.
    private static bool IsNoRoute(AuthorizationHandlerContext context) => context.Resource is HttpContext http && http.GetEndpoint() is not RouteEndpoint;
}
