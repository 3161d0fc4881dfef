using BillionHearts.Api.Images;
using BillionHearts.Api.Platform.Data;

namespace BillionHearts.Api.Uploads.Idempotency;

/// <summary>A request with a key. Its answer is saved in the commit that does the work.</summary>
internal sealed record KeyedRequest(IdempotentRequest Request, HttpRequest Http)
{
    /// <param name="values">What identifies the request: if one differs, it is a different request.</param>
    public static KeyedRequest? From(HttpRequest http, IdempotencyKey? key, long userId, params ReadOnlySpan<object?> values) => key is null
        ? null
        : new KeyedRequest(new IdempotentRequest(userId, key, IdempotentRequest.Hash(values)), http);

    /// <inheritdoc cref="IdempotencyStore.TryKeepAnswerAsync"/>
    public async Task<bool> TryKeepAsync(ImagesDbContext db, Image image, CancellationToken cancellationToken)
    {
        var renderer = Http.HttpContext.RequestServices.GetRequiredService<ImageRenderer>();
        var answer = await renderer.RenderAsync(Http, ImageView.From(image), cancellationToken);

        return await db.TryKeepAnswerAsync(Request, StatusCodes.Status200OK, answer.Text, cancellationToken);
    }
}
