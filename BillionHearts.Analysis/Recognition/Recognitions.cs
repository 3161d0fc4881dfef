using BillionHearts.Analysis.Work;
using BillionHearts.Contracts;

namespace BillionHearts.Analysis.Recognition;

/// <summary>Starts recognitions, with the name of this worker in their results.</summary>
internal sealed class Recognitions(WorkerName worker, AnalysisTelemetry telemetry, TimeProvider clock)
{
    public Recognition Begin(RecognitionRequest request) => new(request, worker, telemetry, clock);
}

/// <summary>One recognition: measures itself and builds the result.</summary>
internal sealed class Recognition(RecognitionRequest request, WorkerName worker, AnalysisTelemetry telemetry, TimeProvider clock) : IDisposable
{
    private readonly AnalysisStep _whole = telemetry.Step("recognition");
    private readonly DateTimeOffset _startedAt = clock.GetUtcNow();

    public RecognitionResult Recognized(RecognizedPicture picture) => Result(picture.Text, failure: null) with { Embedding = picture.Embedding };

    public RecognitionResult Failed(string reason, string detail) => Result(text: null, new AnalysisFailure(reason, detail));

    public void Dispose() => _whole.Dispose();

    private RecognitionResult Result(string? text, AnalysisFailure? failure) => new()
    {
        RequestId = request.MessageId,
        ImageId = request.ImageId,
        Version = request.Version,
        Recognition = new ImageRecognition
        {
            Model = LookModel.Name,
            Text = text,
            Failure = failure,
            StartedAt = _startedAt,
            FinishedAt = clock.GetUtcNow(),
            Worker = worker.Value,
        },
    };
}
