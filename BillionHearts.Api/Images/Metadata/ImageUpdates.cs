using BillionHearts.Api.Pipeline;
using BillionHearts.Api.Pipeline.Dispatch;
using BillionHearts.Api.Pipeline.Outbox;
using BillionHearts.Api.Platform.Data;
using BillionHearts.Api.Platform.Errors;

namespace BillionHearts.Api.Images.Metadata;

/// <summary>Changes metadata, in one commit with the request to analyse the image again.</summary>
internal sealed class ImageUpdates(ImagesDbContext db, AnalysisDispatch dispatch, OutboxSignal signal)
{
    public async Task<Outcome<Image>> UpdateAsync(long id, ImageUpdate update, CancellationToken cancellationToken)
    {
        var result = await db.InTransactionAsync<Outcome<Image>>(
            async cancel =>
            {
                if (await db.LockImageAsync(id, cancel) is not { } image)
                {
                    return Problems.ImageNotFound;
                }

                if (update.Conflicts(image) is { Count: > 0 } conflicts)
                {
                    return Problems.InvalidFields(conflicts);
                }

                update.ApplyTo(image);

                if (image.HasContent)
                {
                    db.Outbox.Add(OutboxMessage.From(dispatch.Begin(image)));
                }

                await db.SaveChangesAsync(cancel);
                return image;
            },
            cancellationToken);

        signal.Set();
        return result;
    }
}
