using Microsoft.AspNetCore.Authorization;

namespace BillionHearts.Web.Session;

/// <summary>Pages with this policy are for operators; for others they do not exist.</summary>
internal static class Operators
{
    public const string Policy = "operators";
}

internal sealed class OperatorRequirement : IAuthorizationRequirement;

internal sealed class OperatorHandler(OperatorStatus operators, IHttpContextAccessor current) : AuthorizationHandler<OperatorRequirement>
{
    protected override async Task HandleRequirementAsync(AuthorizationHandlerContext context, OperatorRequirement requirement)
    {
        if (GallerySession.Of(context.User) is { } session && await operators.IsOperatorAsync(session.UserId, current.HttpContext?.RequestAborted ?? default))
        {
            context.Succeed(requirement);
        }
    }
}
