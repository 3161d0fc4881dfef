using BillionHearts.Api.Keys;
using BillionHearts.ServiceDefaults.Access;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.JwtBearer;
using Microsoft.AspNetCore.Authorization;
using Microsoft.Extensions.Options;

namespace BillionHearts.Api.Access;

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
            .AddScheme<AuthenticationSchemeOptions, ApiKeyAuthentication>(ApiKeyAuthentication.SchemeName, configureOptions: null);
        services.AddSingleton<IConfigureOptions<JwtBearerOptions>, TokenValidation>();

        services.AddSingleton<IAuthorizationHandler, AccessHandler>();
        services.AddSingleton<IAuthorizationMiddlewareResultHandler, RefusalWriter>();
        services.AddAuthorizationBuilder().SetFallbackPolicy(new AuthorizationPolicyBuilder().RequireAssertion(IsNoRoute).Build());
    }

    private static string SchemeOf(HttpContext http) =>
        BearerToken.Of(http.Request) is { } token && KeySecret.Is(token) ? ApiKeyAuthentication.SchemeName : JwtBearerDefaults.AuthenticationScheme;

    // Unknown addresses and methods are answered as such; a route without a rule was forgotten, and answers nobody.
    private static bool IsNoRoute(AuthorizationHandlerContext context) => context.Resource is HttpContext http && http.GetEndpoint() is not RouteEndpoint;
}
