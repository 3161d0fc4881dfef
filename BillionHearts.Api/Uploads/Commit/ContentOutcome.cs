using BillionHearts.Api.Platform.Data;
using BillionHearts.Api.Platform.Http;
using BillionHearts.Api.Uploads.Idempotency;

namespace BillionHearts.Api.Uploads.Commit;

/// <summary>What became of content that was to be committed: an image, or an answer that says why not.</summary>
internal sealed record ContentOutcome
{
    /// <summary>The request's key has an answer already, which is to be given again.</summary>
    public static readonly ContentOutcome Answered = new() { IsAnswered = true };

    public Image? Image { get; private init; }

    public IResult? Refusal { get; private init; }

    public bool IsAnswered { get; private init; }

    public static ContentOutcome Stored(Image image) => new() { Image = image };

    public static ContentOutcome Refused(IResult answer) => new() { Refusal = answer };

    public static ContentOutcome Of(Image image, IResult? refusal) => refusal is null ? Stored(image) : Refused(refusal);
}

/// <summary>A request with a key, and how the answer to it is written once the image is what it will be.</summary>
internal sealed record KeyedAnswer(IdempotentRequest Request, Func<Image, RenderedImage> Render)
{
    /// <inheritdoc cref="IdempotencyStore.TryKeepAnswerAsync"/>
    public Task<bool> TryKeepAsync(ImagesDbContext db, Image image, CancellationToken cancellationToken) =>
        db.TryKeepAnswerAsync(Request, StatusCodes.Status200OK, Render(image).Text, cancellationToken);
}
