using BillionHearts.Api.Accounts.Access;
using BillionHearts.Api.Images;
using BillionHearts.Api.Platform.Input;
using BillionHearts.Api.Platform.Reference;

namespace BillionHearts.Api.Uploads.Receipts;

internal static class ReceiptEndpoints
{
    public static void MapReceipts(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/images/{id}/receipt", GetReceipt)
            .Owns(Owned.Image, Scopes.ReadImages)
            .WithName(nameof(GetReceipt)).WithTags("Receipts").WithSummary("A signed statement that the bytes are stored")
            .WithDescription(
                "Reads the image's bytes back from the store before it answers, so a client with a receipt can delete its own copy. `signature` is a compact JSON " +
                "Web Signature (ES256) over exactly the other fields; its keys are at `/.well-known/jwks.json`. 409 while the content is awaited; 500 with " +
                "the type `integrity` or `content-missing` if the stored bytes are not the uploaded ones: keep your copy then.")
            .Produces<ReceiptResponse>()
            .Refuses(401, 403, 404, 409, 500, 503);

        routes.MapPost("/images/check", CheckImages)
            .Owns(Owned.UserInBody, Scopes.ReadImages)
            .WithName(nameof(CheckImages)).WithTags("Receipts").WithSummary("Check which contents a user already has")
            .WithDescription(
                $"At most {KnownContentsRequest.MaxHashes} SHA-256 hashes in lower-case hex, with one result for each, in the order of the request. " +
                "Only this user's images are searched, and only in the database; a receipt also reads the bytes.")
            .ReadsJson(KnownContentsRequest.Read)
            .Produces<KnownContentsResponse>()
            .Refuses(401, 403, 404, 413, 415, 422, 503);

        routes.MapGet("/.well-known/jwks.json", GetReceiptKeys)
            .AllowAnonymous()
            .WithName(nameof(GetReceiptKeys)).WithTags("Receipts").WithSummary("The public keys of receipts")
            .WithDescription("A JSON Web Key Set (RFC 7517). Old keys stay in the set, so that their receipts can be verified.")
            .Produces<PublicKeySet>(StatusCodes.Status200OK, PublicKeySet.ContentType)
            .Refuses(503);
    }

    private static async Task<IResult> GetReceipt(RouteId id, HttpResponse http, ReceiptIssuer issuer, CancellationToken cancellationToken)
    {
        // It is true only at the time of the request.
        http.Headers.CacheControl = "private, no-store";

        return (await issuer.IssueAsync(id.Value, cancellationToken)).ToResult(TypedResults.Ok);
    }

    private static async Task<IResult> CheckImages(HttpRequest http, KnownContents contents, CancellationToken cancellationToken)
    {
        if (!(await JsonBody.ReadAsync(http, KnownContentsRequest.Read, cancellationToken, KnownContentsRequest.MaxBytes)).TryGet(out var request, out var refusal))
        {
            return refusal;
        }

        return Caller.CheckUser(http.HttpContext, request.UserId) is { } notOwner
            ? notOwner
            : (await contents.FindAsync(request, cancellationToken)).ToResult(TypedResults.Ok);
    }

    private static async Task<IResult> GetReceiptKeys(HttpResponse http, ReceiptKeys keys, CancellationToken cancellationToken)
    {
        var set = await keys.GetPublicKeysAsync(cancellationToken);
        http.Headers.CacheControl = "public, max-age=300";
        return TypedResults.Json(set, contentType: PublicKeySet.ContentType);
    }
}
