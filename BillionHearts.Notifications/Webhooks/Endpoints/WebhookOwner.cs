using System.Globalization;
using BillionHearts.Messaging;
using BillionHearts.Notifications.Errors;
using BillionHearts.Notifications.Users;
using BillionHearts.ServiceDefaults.Errors;

namespace BillionHearts.Notifications.Webhooks.Endpoints;

/// <summary>
/// Lets only the user of the route in, by the same judgement as for the user's event stream. A key needs the scope <c>account</c>: a webhook would outlive it.
/// </summary>
internal sealed class WebhookOwner(UserDirectory users) : IEndpointFilter
{
    public async ValueTask<object?> InvokeAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        var http = context.HttpContext;
        var userId = long.Parse((string)http.Request.RouteValues["id"]!, CultureInfo.InvariantCulture);

        try
        {
            var judgement = await users.JudgeAsync(userId, http.Request.Headers.Authorization, http.RequestAborted);

            return judgement.Verdict is not { } verdict ? judgement.Refusal
                : http.Request.Headers.Authorization.Count is 0 || verdict.Scopes.Contains(Verdict.AccountScope) ? await next(context)
                : AccessProblems.OutOfScope(Verdict.AccountScope);
        }
        catch (UsersUnavailableException)
        {
            return Problems.UsersUnavailable;
        }
        catch (Exception exception) when (Outage.IsCauseOf(exception) && !http.RequestAborted.IsCancellationRequested)
        {
            return Problem.DatabaseUnavailable;
        }
    }
}
