using BillionHearts.ServiceDefaults.Errors;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Authorization.Policy;

namespace BillionHearts.Api.Accounts.Access;

/// <summary>Answers those who may not in the form of every other refusal.</summary>
internal sealed class RefusalWriter : IAuthorizationMiddlewareResultHandler
{
    public Task HandleAsync(RequestDelegate next, HttpContext context, AuthorizationPolicy policy, PolicyAuthorizationResult authorizeResult)
    {
        if (authorizeResult.Succeeded)
        {
            return next(context);
        }

        // Without a reason: a route that says nothing of who may call it.
        return (context.Features.Get<AccessHandler.Refusal>()?.Problem ?? Problem.OfStatus(StatusCodes.Status404NotFound, context.Request)).ExecuteAsync(context);
    }
}
