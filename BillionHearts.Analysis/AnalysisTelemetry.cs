using System.Diagnostics;
using System.Diagnostics.Metrics;
using BillionHearts.Analysis.Imaging;
using BillionHearts.Contracts;
using BillionHearts.ServiceDefaults.Telemetry;

namespace BillionHearts.Analysis;

/// <summary>What analysis tells about itself: how long each step took, and what became of the images.</summary>
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
            description: "Time that a step of an image's analysis took.",
            advice: Durations.Buckets);
        _images = meter.CreateCounter<long>(
            "billionhearts.analysis.images", unit: "{image}", description: "Attempts at an image, by what they came to.");
    }

    /// <summary>The whole of one attempt.</summary>
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

    /// <summary>One part of an attempt, until it is disposed of.</summary>
    public AnalysisStep Step(string name) => new(_duration, name, _source.StartActivity($"analysis {name}"));

    /// <summary>Covers the steps that a decoder times itself, whatever process it runs in: it is told of them by <see cref="Took"/>.</summary>
    public Activity? Decoding() => _source.StartActivity("analysis decode");

    /// <summary>A step that was timed elsewhere.</summary>
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
