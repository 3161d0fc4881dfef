using System.Globalization;
using BillionHearts.Messaging;
using BillionHearts.Notifications.Errors;
using BillionHearts.Notifications.Users;
using BillionHearts.ServiceDefaults.Errors;

namespace BillionHearts.Notifications.Webhooks.Endpoints;

/// <summary>Lets only the user of the route in, by the same judgement as for the user's event stream.</summary>
internal sealed class WebhookOwner(UserDirectory users) : IEndpointFilter
{
    public async ValueTask<object?> InvokeAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        var http = context.HttpContext;
        var userId = long.Parse((string)http.Request.RouteValues["id"]!, CultureInfo.InvariantCulture);

        try
        {
            return await users.FindRefusalAsync(userId, http.Request.Headers.Authorization, http.RequestAborted) ?? await next(context);
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
