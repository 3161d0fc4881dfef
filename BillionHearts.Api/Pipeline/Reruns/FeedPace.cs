using BillionHearts.Api.Pipeline.Watch;
using Microsoft.Extensions.Options;

namespace BillionHearts.Api.Pipeline.Reruns;

/// <summary>How many images of a re-run may be queued: fewer while uploads are slow.</summary>
internal sealed class FeedPace(RecentUploads uploads, IOptions<RerunOptions> options)
{
    /// <summary>
    /// All up to the limit of the P99, one from twice the limit on, in proportion between. Never none: slow uploads may be the clients' lines, and a re-run
    /// must end. Replicas share the uploads, so each sees the same picture by its own.
    /// </summary>
    public int MaxOutstanding
    {
        get
        {
            var (most, limit) = (options.Value.MaxOutstanding, options.Value.SlowAbove);
            return uploads.P99() is { } p99 ? Math.Clamp((int)(most * (2 - (p99 / limit))), 1, most) : most;
        }
    }
}
