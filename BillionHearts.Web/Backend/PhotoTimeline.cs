namespace BillionHearts.Web.Backend;

/// <param name="Steps">Oldest first.</param>
/// <param name="Waiting">Null when no analysis waits.</param>
public sealed record PhotoTimeline(IReadOnlyList<PhotoStep> Steps, PhotoWaiting? Waiting);

/// <param name="Step"><c>created</c>, <c>stored</c>, <c>queued</c>, <c>retry_scheduled</c>, <c>attempt</c>, <c>analyzed</c>, <c>failed</c> or <c>recognized</c>.</param>
/// <param name="Attempt">Counted from 1.</param>
public sealed record PhotoStep(string Step, DateTime At, int? Version, int? Attempt, double? DurationSeconds, string? Worker, string? Outcome, PhotoFailure? Error);

/// <param name="Place"><c>outbox</c>, <c>queue</c> or <c>dead_letters</c>.</param>
/// <param name="Position">1: next, or being analysed.</param>
public sealed record PhotoWaiting(string Place, int Attempt, DateTime? NotBefore, long? Position, double? EtaSeconds);
