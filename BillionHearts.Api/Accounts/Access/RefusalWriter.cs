using BillionHearts.ServiceDefaults.Errors;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Authorization.Policy;

namespace BillionHearts.Api.Accounts.Access;

/// <summary>Answers requests that fail authorization with a <see cref="Problem"/>, like every other refusal.</summary>
internal sealed class RefusalWriter : IAuthorizationMiddlewareResultHandler
{
    public Task HandleAsync(RequestDelegate next, HttpContext context, AuthorizationPolicy policy, PolicyAuthorizationResult authorizeResult)
    {
        if (authorizeResult.Succeeded)
        {
            return next(context);
        }

        // There is no reason when the route has no access rule.
        return (context.Features.Get<AccessHandler.Refusal>()?.Problem ?? Problem.OfStatus(StatusCodes.Status404NotFound, context.Request)).ExecuteAsync(context);
    }
}
