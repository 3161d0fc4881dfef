using BillionHearts.Api.Accounts.Access;
using BillionHearts.Api.Accounts.Users;
using BillionHearts.Api.Platform.Errors;
using BillionHearts.Api.Platform.Http;
using BillionHearts.Api.Platform.Input;
using BillionHearts.Api.Platform.Reference;
using BillionHearts.ServiceDefaults.Errors;

namespace BillionHearts.Api.Delivery.Shares;

internal static class ShareEndpoints
{
    private static readonly Problem s_notFound = new(404, "share-not-found", "Not found", "Share not found");

    public static void MapShares(this IEndpointRouteBuilder routes)
    {
        var shares = routes.MapGroup("/users/{id}/shares").WithTags("Account");

        shares.MapPost("/", CreateShare)
            .Owns(Owned.User, Scopes.Account)
            .WithName(nameof(CreateShare)).WithSummary("Share images with a link")
            .WithDescription(
                $"Shares up to {CreateShareRequest.MaxImages} images for `expires_in` seconds (default: a week), with an optional password. " +
                "Anyone with the link sees the images, but no metadata, file names or owner. Only this answer contains the link. Always needs a token.")
            .ReadsJson(CreateShareRequest.Read)
            .Produces<NewShareResponse>()
            .Refuses(401, 403, 404, 409, 413, 415, 422, 429, 503);

        shares.MapGet("/", ListShares)
            .Owns(Owned.User, Scopes.Account)
            .WithName(nameof(ListShares)).WithSummary("List a user's shares")
            .Produces<IReadOnlyList<ShareResponse>>()
            .Refuses(401, 403, 503);

        shares.MapDelete("/{share}", RevokeShare)
            .Owns(Owned.User, Scopes.Account)
            .WithName(nameof(RevokeShare)).WithSummary("Revoke a share")
            .WithDescription("The link stops working at once. Signed addresses of bytes that it has already shown are valid for at most ten more minutes.")
            .Produces<DetailResponse>()
            .Refuses(401, 403, 404, 503);

        routes.MapGet("/shares/{secret}", ShowShare)
            .AllowAnonymous()
            .WithName(nameof(ShowShare)).WithTags("Media").WithSummary("Show shared images")
            .WithDescription("If the link has a password, send it as `Authorization: Basic`, with any user name.")
            .Produces<SharedImagesResponse>()
            .Refuses(401, 404, 429, 503);
    }

    private static async Task<IResult> CreateShare(
        RouteId id, HttpRequest http, ShareStore shares, Passwords passwords, CancellationToken cancellationToken)
    {
        if (!(await JsonBody.ReadAsync(http, CreateShareRequest.Read, cancellationToken)).TryGet(out var request, out var refusal))
        {
            return refusal;
        }

        string? hash = null;

        if (request.Password is not null && (hash = await passwords.TryHashAsync(request.Password, cancellationToken)) is null)
        {
            return Problems.Busy;
        }

        if (!(await shares.CreateAsync(id.Value, request, hash, http.HttpContext.Address(), cancellationToken)).TryGet(out var created, out refusal))
        {
            return refusal;
        }

        var shown = Show(created.Share);
        http.HttpContext.Response.Headers.CacheControl = "no-store";
        return TypedResults.Ok(new NewShareResponse(
            shown.Id, shown.ImageIds, shown.HasPassword, shown.CreatedAt, shown.ExpiresAt, $"{http.Scheme}://{http.Host}/shares/{created.Secret}"));
    }

    private static async Task<IResult> ListShares(RouteId id, HttpResponse http, ShareStore shares, CancellationToken cancellationToken)
    {
        var found = await shares.ListAsync(id.Value, cancellationToken);
        http.Headers.CacheControl = "private, no-store";
        return TypedResults.Ok(found.Select(Show));
    }

    private static async Task<IResult> RevokeShare(RouteId id, RouteId share, HttpContext http, ShareStore shares, CancellationToken cancellationToken) =>
        await shares.RevokeAsync(id.Value, share.Value, http.Address(), cancellationToken)
            ? TypedResults.Ok(new DetailResponse("Share revoked"))
            : s_notFound;

    private static async Task<IResult> ShowShare(string secret, HttpContext http, SharedImages images, CancellationToken cancellationToken)
    {
        if (!(await images.ShowAsync(secret, http, cancellationToken)).TryGet(out var shown, out var refusal))
        {
            return refusal;
        }

        http.Response.Headers.CacheControl = "private, no-store";
        http.Response.Headers["Referrer-Policy"] = "no-referrer";

        return TypedResults.Ok(shown);
    }

    private static ShareResponse Show(Share share) =>
        new(share.Id, share.ImageIds, share.PasswordHash is not null, share.CreatedAt.UtcDateTime, share.ExpiresAt!.Value.UtcDateTime);
}
