using Microsoft.AspNetCore.Authorization;

namespace BillionHearts.Api.Access;

/// <summary>Whose a route's resource is found by.</summary>
internal enum Owned
{
    /// <summary>A user whom the body names: the handler asks <see cref="Caller.JudgeFor"/> once it has read it.</summary>
    UserInBody,

    /// <summary>The user in the path.</summary>
    User,

    /// <summary>The image in the path.</summary>
    Image,

    /// <summary>The resumable upload in the path, whose id is a secret: to anybody else it does not exist.</summary>
    Upload,

    /// <summary>Nobody's in particular: operators look after it.</summary>
    Installation,
}

/// <summary>Who may call a route: its resource's owner or an operator, with credentials of a scope.</summary>
internal sealed record AccessRule(Owned Owned, string Scope) : IAuthorizationRequirement;

internal static class AccessRuleExtensions
{
    /// <summary>Every route has such a rule, or says that it is open to anybody; one that does neither answers nobody.</summary>
    public static RouteHandlerBuilder Owns(this RouteHandlerBuilder route, Owned owned, string scope)
    {
        var rule = new AccessRule(owned, scope);
        return route.WithMetadata(rule).RequireAuthorization(policy => policy.AddRequirements(rule));
    }
}
