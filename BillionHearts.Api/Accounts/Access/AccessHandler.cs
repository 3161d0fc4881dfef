using BillionHearts.Api.Platform.Input;
using BillionHearts.ServiceDefaults.Access;
using BillionHearts.ServiceDefaults.Errors;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authorization;

namespace BillionHearts.Api.Accounts.Access;

/// <summary>
/// Checks a request against its route's <see cref="AccessRule"/> before its body is read: 401 without credentials or with bad ones, 403 when
/// their scope does not allow the call or the resource belongs to another user, 404 when there is no such resource. The
/// operator status is read from the database for each request.
/// </summary>
internal sealed class AccessHandler(OwnerLookup owners, AccessMode mode) : AuthorizationHandler<AccessRule>
{
    protected override async Task HandleRequirementAsync(AuthorizationHandlerContext context, AccessRule requirement)
    {
        if (context.Resource is not HttpContext http)
        {
            return;
        }

        if (await CheckAsync(http, requirement) is { } refusal)
        {
            // The middleware does not pass the reason to a challenge.
            http.Features.Set(new Refusal(refusal));
            context.Fail(new AuthorizationFailureReason(this, refusal.Detail));
        }
        else
        {
            context.Succeed(requirement);
        }
    }

    private async Task<Problem?> CheckAsync(HttpContext http, AccessRule rule)
    {
        if (http.Request.Headers.Authorization.Count > 1)
        {
            return AccessProblems.TwoCredentials;
        }

        if (http.User.Identity is not { IsAuthenticated: true })
        {
            // Bad credentials are refused even where credentials are optional.
            return http.Features.Get<IAuthenticateResultFeature>()?.AuthenticateResult?.Failure is not null || http.Request.Headers.Authorization.Count > 0
                ? AccessProblems.InvalidToken
                : mode.RequiresTokens || rule.Scope is Scopes.Account ? AccessProblems.NotAuthenticated : null;
        }

        var caller = Caller.From(http.User);
        // Started first, so that both database lookups run at the same time.
        var ownerProblem = CheckOwnerAsync(http, rule.Owned, caller);

        if (caller.UserId is not { } id || !await owners.IsUserAsync(id, http.RequestAborted))
        {
            return AccessProblems.InvalidToken;
        }

        return caller.Scopes.Contains(rule.Scope) ? await ownerProblem : AccessProblems.OutOfScope(rule.Scope);
    }

    private async Task<Problem?> CheckOwnerAsync(HttpContext http, Owned owned, Caller caller)
    {
        if (owned is OwnedResource resource)
        {
            var owner = await owners.FindAsync(resource, $"{http.GetRouteValue(resource.RouteValue)}", http.RequestAborted);

            return owner is null ? resource.NotFound
                : owner == caller.UserId ? null
                : resource.IsSecret ? resource.NotFound
                : AccessProblems.NotOwner;
        }

        if (owned == Owned.Installation)
        {
            return await owners.IsOperatorAsync(caller.UserId ?? 0, http.RequestAborted) ? null : AccessProblems.OperatorsOnly;
        }

        // No lookup of the user in the path: the id alone shows whether it is the caller's own.
        return owned == Owned.User && RouteId.Parse($"{http.GetRouteValue("id")}") != caller.UserId ? AccessProblems.NotOwner : null;
    }

    internal sealed record Refusal(Problem Problem);
}
