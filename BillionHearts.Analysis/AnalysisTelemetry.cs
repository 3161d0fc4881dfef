using System.Diagnostics;
using System.Diagnostics.Metrics;
using BillionHearts.Analysis.Imaging;
using BillionHearts.Contracts;
using BillionHearts.ServiceDefaults.Telemetry;

namespace BillionHearts.Analysis;

/// <summary>Traces and metrics of analysis: the duration of each step, and the outcome of each attempt.</summary>
internal sealed class AnalysisTelemetry : IDisposable
{
    public const string Name = "BillionHearts.Analysis";

    private readonly ActivitySource _source = new(Name);
    private readonly Histogram<double> _duration;
    private readonly Counter<long> _images;

    public AnalysisTelemetry(IMeterFactory meters)
    {
        var meter = meters.Create(Name);
        _duration = meter.CreateHistogram(
            "billionhearts.analysis.duration",
            unit: "s",
            description: "Duration of a step of an image's analysis.",
            advice: Durations.Buckets);
        _images = meter.CreateCounter<long>(
            "billionhearts.analysis.images", unit: "{image}", description: "Attempts to analyse an image, by outcome.");
    }

    /// <summary>Measures one attempt as a whole.</summary>
    public AnalysisStep Attempt(AnalysisRequest request)
    {
        var step = Step("attempt");
        step.Activity?
            .SetTag("billionhearts.image.id", request.ImageId)
            .SetTag("billionhearts.image.version", request.Version)
            .SetTag("billionhearts.analysis.lane", request.Lane)
            .SetTag("billionhearts.analysis.attempt", request.Attempt);
        return step;
    }

    /// <summary>Measures one part of an attempt, until it is disposed.</summary>
    public AnalysisStep Step(string name) => new(_duration, name, _source.StartActivity($"analysis {name}"));

    /// <summary>The span around the steps that the decoder measures itself; they are reported to <see cref="Took"/>.</summary>
    public Activity? Decoding() => _source.StartActivity("analysis decode");

    /// <summary>Records a step that was measured elsewhere.</summary>
    public void Took(StepTime step)
    {
        _duration.Record(step.Duration.TotalSeconds, new KeyValuePair<string, object?>("step", step.Name));
        Activity.Current?.SetTag($"billionhearts.analysis.{step.Name}.duration", step.Duration.TotalSeconds);
    }

    public void Ended(AnalysisResult result)
    {
        var tags = new TagList { { "outcome", result.Outcome }, { "lane", result.Lane } };
        if (result.Failure is { } failure)
        {
            tags.Add("reason", failure.Reason);
            Activity.Current?.SetTag("billionhearts.analysis.reason", failure.Reason);
        }

        Activity.Current?.SetTag("billionhearts.analysis.outcome", result.Outcome);
        _images.Add(1, tags);
    }

    public void Dispose() => _source.Dispose();
}

internal readonly struct AnalysisStep(Histogram<double> duration, string name, Activity? activity) : IDisposable
{
    private readonly long _startedAt = Stopwatch.GetTimestamp();

    public Activity? Activity => activity;

    public void Dispose()
    {
        duration.Record(Stopwatch.GetElapsedTime(_startedAt).TotalSeconds, new KeyValuePair<string, object?>("step", name));
        activity?.Dispose();
    }
}
