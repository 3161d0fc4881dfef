using System.ComponentModel;
using System.Text.Json.Serialization;

namespace BillionHearts.Api.Images.Timeline;

/// <param name="Steps">Oldest first. At most the last 500 attempts.</param>
/// <param name="Waiting">Null when no analysis waits.</param>
internal sealed record TimelineResponse(long ImageId, string Status, int Version, IReadOnlyList<TimelineStep> Steps, WaitingResponse? Waiting);

/// <summary>One step. Times of attempts are by the worker's clock, all others by the api's.</summary>
internal sealed record TimelineStep
{
    public const string Created = "created";
    public const string Stored = "stored";
    public const string Queued = "queued";
    public const string RetryScheduled = "retry_scheduled";
    public const string Attempted = "attempt";
    public const string Analyzed = "analyzed";
    public const string Failed = "failed";
    public const string Recognized = "recognized";

    [Description("created: the image was announced, or its first content was uploaded. stored: the content of the current version became durable. queued: its analysis was requested. " +
        "retry_scheduled: another attempt was requested after one that failed. attempt: a worker's attempt. analyzed, failed: the result was stored. " +
        "recognized: a worker found out what is in the picture, or, with error, could not.")]
    public required string Step { get; init; }

    public required DateTime At { get; init; }

    public int? Version { get; init; }

    [Description("Counted from 1 in each analysis.")]
    public int? Attempt { get; init; }

    [Description("fresh, backfill or slow: images in the back-fill lane wait behind all new uploads; those that take much memory are analysed one at a time, in the slow lane.")]
    public string? Lane { get; init; }

    [Description("Of an attempt: its duration. Of queued and retry_scheduled: from then until a worker began.")]
    public double? DurationSeconds { get; init; }

    public string? Worker { get; init; }

    [Description("analyzed, failed or retry.")]
    public string? Outcome { get; init; }

    public FailureResponse? Error { get; init; }

    [Description("The trace of the upload, or of the request that caused the analysis, if it was recorded.")]
    public string? TraceId { get; init; }
}

/// <summary>The analysis that an image waits for.</summary>
internal sealed record WaitingResponse
{
    [Description("outbox: not at the broker yet. queue: at the broker, or being analysed. dead_letters: no worker could handle it, and operators have to look at it.")]
    public required string Place { get; init; }

    public required DateTime? Since { get; init; }

    public required int Attempt { get; init; }

    public required string Lane { get; init; }

    [Description("A retry is not sent before this time. Null if it is due.")]
    public DateTime? NotBefore { get; init; }

    [Description("1: next, or being analysed. Counts the images that asked earlier; 10000 means that many or more. Null for a retry that is not due, and in dead_letters.")]
    public long? Position { get; init; }

    [Description("Estimated from the results of the last ten minutes. Null if there are none, if position is not known exactly, and while the broker does not answer.")]
    public double? EtaSeconds { get; init; }

    /// <summary>The trace that caused it, for the step and not for this object.</summary>
    [JsonIgnore]
    public string? TraceId { get; init; }
}
