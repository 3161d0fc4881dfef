using BillionHearts.Api.Platform.Reference;
using Microsoft.AspNetCore.Authorization;
using Microsoft.OpenApi;

namespace BillionHearts.Api.Accounts.Access;

/// <summary>Who may call a route: the owner of its resource, or an operator, with credentials of a scope.</summary>
internal sealed record AccessRule(Owned Owned, string Scope) : IAuthorizationRequirement;

internal static class AccessRuleExtensions
{
    /// <summary>Every route has such a rule or allows anonymous requests. A route with neither refuses every request.</summary>
    public static RouteHandlerBuilder Owns(this RouteHandlerBuilder route, Owned owned, string scope)
    {
        var rule = new AccessRule(owned, scope);

        return route.WithMetadata(rule).RequireAuthorization(policy => policy.AddRequirements(rule))
            .AddOpenApiOperationTransformer((operation, context, _) =>
            {
                operation.Security = [new OpenApiSecurityRequirement { [new OpenApiSecuritySchemeReference(ApiReference.CredentialsScheme, context.Document)] = [scope] }];
                return Task.CompletedTask;
            });
    }
}
