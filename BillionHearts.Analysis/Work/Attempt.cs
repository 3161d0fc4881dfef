using System.Diagnostics;
using BillionHearts.Analysis.Imaging;
using BillionHearts.Contracts;

namespace BillionHearts.Analysis.Work;

/// <summary>Starts attempts, with the name of this worker in their results.</summary>
internal sealed class Attempts(WorkerName worker, AnalysisTelemetry telemetry, TimeProvider clock)
{
    public Attempt Begin(AnalysisRequest request) => new(request, worker, telemetry, clock);
}

/// <summary>One attempt at one request: measures its steps and builds the result.</summary>
internal sealed class Attempt(AnalysisRequest request, WorkerName worker, AnalysisTelemetry telemetry, TimeProvider clock) : IDisposable
{
    private readonly AnalysisStep _whole = telemetry.Attempt(request);
    private readonly DateTimeOffset _startedAt = clock.GetUtcNow();

    public AnalysisStep Step(string name) => telemetry.Step(name);

    public Activity? Decoding() => telemetry.Decoding();

    public void Took(IEnumerable<StepTime> steps)
    {
        foreach (var step in steps)
        {
            telemetry.Took(step);
        }
    }

    public AnalysisResult Analyzed(ImageAnalysis analysis, IReadOnlyList<StoredRendition> renditions) =>
        End(Result(AnalysisOutcome.Analyzed) with { Analysis = analysis, Renditions = renditions });

    public AnalysisResult Failed(string reason, string detail) =>
        End(Result(AnalysisOutcome.Failed) with { Failure = new(reason, detail) });

    public AnalysisResult Retry(string reason, string detail) =>
        End(Result(AnalysisOutcome.Retry) with { Failure = new(reason, detail) });

    public void Dispose() => _whole.Dispose();

    private AnalysisResult End(AnalysisResult result)
    {
        telemetry.Ended(result);
        return result;
    }

    private AnalysisResult Result(string outcome) => new()
    {
        RequestId = request.MessageId,
        ImageId = request.ImageId,
        Version = request.Version,
        Attempt = request.Attempt,
        Lane = request.Lane,
        Outcome = outcome,
        StartedAt = _startedAt,
        FinishedAt = clock.GetUtcNow(),
        Worker = worker.Value,
    };
}
