using BillionHearts.Api.Accounts.Access;
using BillionHearts.Api.Platform.Http;
using BillionHearts.Api.Platform.Input;
using BillionHearts.Api.Platform.Reference;
using BillionHearts.ServiceDefaults.Errors;

namespace BillionHearts.Api.Accounts.Keys;

internal static class KeyEndpoints
{
    private static readonly Problem s_notFound = new(404, "key-not-found", "Not found", "API key not found");

    public static void MapKeys(this IEndpointRouteBuilder routes)
    {
        var keys = routes.MapGroup("/users/{id}/keys").WithTags("Account");

        keys.MapPost("/", CreateKey)
            .Owns(Owned.User, Scopes.Account)
            .WithName(nameof(CreateKey)).WithSummary("Create an API key")
            .WithDescription(
                "For a program that acts for the user. It sends the key as `Authorization: Bearer` in place of a token. `scopes` is images:read, images:write or both. " +
                "`expires_in` is in seconds; without it the key is valid until it is revoked. Only this response shows the key. Always needs a token.")
            .ReadsJson(CreateKeyRequest.Read)
            .Produces<NewKeyResponse>()
            .Refuses(401, 403, 409, 413, 415, 422, 503);

        keys.MapGet("/", ListKeys)
            .Owns(Owned.User, Scopes.Account)
            .WithName(nameof(ListKeys)).WithSummary("List a user's API keys")
            .Produces<IReadOnlyList<KeyResponse>>()
            .Refuses(401, 403, 503);

        keys.MapDelete("/{key}", RevokeKey)
            .Owns(Owned.User, Scopes.Account)
            .WithName(nameof(RevokeKey)).WithSummary("Revoke an API key")
            .WithDescription("The next request with the key is refused.")
            .Produces<DetailResponse>()
            .Refuses(401, 403, 404, 503);
    }

    private static async Task<IResult> CreateKey(RouteId id, HttpRequest http, KeyStore keys, CancellationToken cancellationToken)
    {
        if (!(await JsonBody.ReadAsync(http, CreateKeyRequest.Read, cancellationToken)).TryGet(out var request, out var refusal))
        {
            return refusal;
        }

        http.HttpContext.Response.Headers.CacheControl = "no-store";

        return (await keys.CreateAsync(id.Value, request, http.HttpContext.Address(), cancellationToken)).ToResult(TypedResults.Ok);
    }

    private static async Task<IResult> ListKeys(RouteId id, HttpResponse http, KeyStore keys, CancellationToken cancellationToken)
    {
        http.Headers.CacheControl = "private, no-store";
        return TypedResults.Ok(await keys.ListAsync(id.Value, cancellationToken));
    }

    private static async Task<IResult> RevokeKey(RouteId id, RouteId key, HttpContext http, KeyStore keys, CancellationToken cancellationToken) =>
        await keys.RevokeAsync(id.Value, key.Value, http.Address(), cancellationToken)
            ? TypedResults.Ok(new DetailResponse("API key revoked"))
            : s_notFound;
}
