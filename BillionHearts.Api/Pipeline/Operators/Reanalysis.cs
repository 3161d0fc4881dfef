using BillionHearts.Api.Accounts.Audit;
using BillionHearts.Api.Pipeline.Dispatch;
using BillionHearts.Api.Pipeline.Outbox;
using BillionHearts.Api.Platform.Data;
using BillionHearts.Api.Platform.Errors;
using BillionHearts.ServiceDefaults.Errors;

namespace BillionHearts.Api.Pipeline.Operators;

/// <summary>Queues another analysis of an image: the new state and the message are saved in one commit.</summary>
internal sealed class Reanalysis(ImagesDbContext db, AnalysisDispatch dispatch, OutboxSignal signal, AuditTrail audit)
{
    private static readonly Problem s_nothingToAnalyze = new(
        409, "no-content-yet", "Conflict", "The image has no content yet, so there is nothing to analyse.");

    /// <param name="operatorId">The user whose audit trail records it. <see langword="null"/> in Development, which allows requests without a token; nothing is then recorded.</param>
    public async Task<Outcome<AnalysisQueuedResponse>> BeginAsync(long id, long? operatorId, string address, CancellationToken cancellationToken)
    {
        var result = await db.InTransactionAsync<Outcome<AnalysisQueuedResponse>>(
            async cancel =>
            {
                if (await db.LockImageAsync(id, cancel) is not { } image)
                {
                    return Problems.ImageNotFound;
                }

                if (!image.HasContent)
                {
                    return s_nothingToAnalyze;
                }

                var request = dispatch.Repeat(image);
                db.Outbox.Add(OutboxMessage.From(request));
                await db.SaveChangesAsync(cancel);

                if (operatorId is { } actor)
                {
                    await audit.WriteAsync(actor, AuditAction.AnalysisRepeated, image.Id, address, cancel);
                }

                return new AnalysisQueuedResponse(image.Id, image.Version, request.MessageId, request.Lane);
            },
            cancellationToken);

        signal.Set();
        return result;
    }
}
