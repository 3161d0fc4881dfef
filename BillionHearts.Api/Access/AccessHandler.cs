using BillionHearts.Api.Errors;
using BillionHearts.Api.Input;
using BillionHearts.Api.Resumable;
using BillionHearts.ServiceDefaults.Access;
using BillionHearts.ServiceDefaults.Errors;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authorization;

namespace BillionHearts.Api.Access;

/// <summary>
/// Judges a request by its route's <see cref="AccessRule"/>, before its body is read: 401 without credentials or with bad ones, 403 where
/// they do not allow it or the resource is another's, 404 where there is none. Who is an operator is asked anew each time.
/// </summary>
internal sealed class AccessHandler(OwnerLookup owners, AccessMode mode) : AuthorizationHandler<AccessRule>
{
    protected override async Task HandleRequirementAsync(AuthorizationHandlerContext context, AccessRule requirement)
    {
        if (context.Resource is not HttpContext http)
        {
            return;
        }

        if (await JudgeAsync(http, requirement) is { } refusal)
        {
            // The middleware passes no reason on when it challenges.
            http.Features.Set(new Refusal(refusal));
            context.Fail(new AuthorizationFailureReason(this, refusal.Detail));
        }
        else
        {
            context.Succeed(requirement);
        }
    }

    private async Task<Problem?> JudgeAsync(HttpContext http, AccessRule rule)
    {
        if (http.Request.Headers.Authorization.Count > 1)
        {
            return AccessProblems.TwoCredentials;
        }

        if (http.User.Identity is not { IsAuthenticated: true })
        {
            // What bears credentials is held to them, also where none are needed.
            return http.Features.Get<IAuthenticateResultFeature>()?.AuthenticateResult?.Failure is not null || http.Request.Headers.Authorization.Count > 0
                ? AccessProblems.InvalidToken
                : mode.RequiresTokens || rule.Scope is Scopes.Account ? AccessProblems.NotAuthenticated : null;
        }

        var caller = Caller.Of(http.User);
        var owner = OwnerAsync(http, rule.Owned, caller);

        if (caller.UserId is not { } id || !await owners.IsUserAsync(id, http.RequestAborted))
        {
            return AccessProblems.InvalidToken;
        }

        if (!caller.Scopes.Contains(rule.Scope))
        {
            return AccessProblems.OutOfScope(rule.Scope);
        }

        return await owner is not { } found ? NoneFound(rule.Owned)
            : found == id || rule.Owned is Owned.UserInBody ? null
            : rule.Owned is Owned.Upload ? TusProblems.NotFound
            : AccessProblems.NotOwner;
    }

    private async Task<long?> OwnerAsync(HttpContext http, Owned owned, Caller caller)
    {
        if (owned is Owned.Installation)
        {
            return await owners.OfOperatorAsync(caller.UserId ?? 0, http.RequestAborted);
        }

        if (owned is Owned.UserInBody)
        {
            return 0;
        }

        if (owned is Owned.Upload)
        {
            return await owners.OfUploadAsync($"{http.GetRouteValue("upload")}", http.RequestAborted);
        }

        RouteId.TryParse($"{http.GetRouteValue("id")}", null, out var id);

        // Whether a user of another id exists is not told: the id alone says that it is not the caller's own.
        return owned is Owned.User ? id.Value : await owners.OfImageAsync(id.Value, http.RequestAborted);
    }

    private static Problem NoneFound(Owned owned) => owned switch
    {
        Owned.Upload => TusProblems.NotFound,
        Owned.Installation => AccessProblems.OperatorsOnly,
        _ => Problems.ImageNotFound,
    };

    internal sealed record Refusal(Problem Problem);
}
