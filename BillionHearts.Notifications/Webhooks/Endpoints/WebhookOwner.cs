using BillionHearts.Notifications.Users;
using BillionHearts.ServiceDefaults.Errors;

namespace BillionHearts.Notifications.Webhooks.Endpoints;

/// <summary>
/// Lets only the user of the route in, by the same judgement as for the user's event stream. A key needs the scope <c>account</c>: a webhook would outlive it.
/// </summary>
internal sealed class WebhookOwner(UserCalls calls) : IEndpointFilter
{
    public async ValueTask<object?> InvokeAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        var http = context.HttpContext;

        return await calls.RunAsync((string)http.Request.RouteValues["id"]!, http, async (verdict, _) =>
            http.Request.Headers.Authorization.Count is 0 || verdict.Scopes.Contains(Verdict.AccountScope)
                ? (IResult)(await next(context))!
                : AccessProblems.OutOfScope(Verdict.AccountScope));
    }
}
