using BillionHearts.Api.Pipeline;
using BillionHearts.Api.Pipeline.Results;
using BillionHearts.Api.Platform.Data;
using Microsoft.EntityFrameworkCore;

namespace BillionHearts.Api.Images.Timeline;

/// <summary>
/// Reads what has happened to an image. Nothing is written for it: the steps are in the image's row, the ledger of attempts, the inbox and the outbox, and
/// the id of each request holds the time of its creation. Of an earlier version, only what analysis has recorded is known.
/// </summary>
internal sealed class ImageTimeline(ImagesDbContext db, WaitingAnalysis waiting)
{
    /// <summary>Most images have a handful of attempts; an image that is analysed repeatedly has more.</summary>
    private const int MaxAttempts = 500;

    public async Task<TimelineResponse?> FindAsync(long id, CancellationToken cancellationToken)
    {
        if (await db.Images.AsNoTracking().SingleOrDefaultAsync(image => image.Id == id, cancellationToken) is not { } image)
        {
            return null;
        }

        var attempts = await ReadAttemptsAsync(id, cancellationToken);
        var pending = await waiting.FindAsync(image, cancellationToken);
        var steps = TimelineSteps.From(image, attempts, pending);

        return new TimelineResponse(image.Id, image.Status, image.Version, steps, pending);
    }

    private async Task<List<RecordedAttempt>> ReadAttemptsAsync(long id, CancellationToken cancellationToken)
    {
        var inbox = db.Inbox;
        var newestFirst = await db.AnalysisAttempts.AsNoTracking()
            .Where(attempt => attempt.ImageId == id)
            // Request ids are ordered by the time of the request.
            .OrderByDescending(attempt => attempt.RequestId)
            .Take(MaxAttempts)
            .Select(attempt => new RecordedAttempt(
                attempt,
                inbox.Where(received => received.RequestId == attempt.RequestId).Select(received => (DateTimeOffset?)received.ReceivedAt).FirstOrDefault()))
            .ToListAsync(cancellationToken);
        newestFirst.Reverse();

        return newestFirst;
    }
}

/// <param name="StoredAt">When its result was stored, if the inbox still has it.</param>
internal sealed record RecordedAttempt(AnalysisAttempt Attempt, DateTimeOffset? StoredAt);
