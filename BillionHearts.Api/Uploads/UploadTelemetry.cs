using System.Diagnostics.Metrics;
using BillionHearts.Api.Pipeline.Watch;
using BillionHearts.Api.Platform.Telemetry;
using BillionHearts.ServiceDefaults.Errors;
using BillionHearts.ServiceDefaults.Telemetry;

namespace BillionHearts.Api.Uploads;

/// <summary>Metrics of uploads: outcome, duration and size.</summary>
internal sealed class UploadTelemetry
{
    private static readonly InstrumentAdvice<long> s_sizes = new()
    {
        HistogramBucketBoundaries = [10_000, 50_000, 100_000, 250_000, 500_000, 1_000_000, 2_000_000, 5_000_000, 10_000_000, 20_000_000],
    };

    private readonly Counter<long> _uploads;
    private readonly Histogram<double> _duration;
    private readonly Histogram<long> _size;

    private readonly RecentUploads _recent;

    public UploadTelemetry(IMeterFactory meters, RecentUploads recent)
    {
        _recent = recent;
        var meter = meters.Create(ApiTraces.Name);
        _uploads = meter.CreateCounter<long>("billionhearts.uploads", "{upload}", "Uploads of bytes, by outcome.");
        _duration = meter.CreateHistogram(
            "billionhearts.upload.duration", "s", "From the header of a stored upload to its commit, including the time the client takes to send.", advice: Durations.Buckets);
        _size = meter.CreateHistogram("billionhearts.upload.size", "By", "Size of stored uploads.", advice: s_sizes);
    }

    public void Stored(string fileType, long bytes, TimeSpan duration)
    {
        _uploads.Add(1, new("outcome", "stored"), new("file_type", fileType));
        _size.Record(bytes);
        _duration.Record(duration.TotalSeconds);
        _recent.Stored(duration);
    }

    /// <summary>Records an upload that did not store an image.</summary>
    /// <param name="isAborted">Whether the client disconnected. Without a disconnect, a body that ends early is the client's mistake.</param>
    public void Ended(Problem problem, bool isAborted)
    {
        if (isAborted)
        {
            Abandoned();
        }
        else if (problem.Status >= 500)
        {
            Failed(problem.Slug);
        }
        else
        {
            Refused(problem.Slug);
        }
    }

    /// <inheritdoc cref="Refused(string)"/>
    /// <returns>The same problem.</returns>
    public Problem Refused(Problem problem)
    {
        Refused(problem.Slug);

        return problem;
    }

    /// <summary>Records an upload whose content is not accepted.</summary>
    public void Refused(string problem) => _uploads.Add(1, new("outcome", "refused"), new("problem", problem));

    /// <summary>Records a valid upload that was not stored, or may not have been.</summary>
    private void Failed(string problem) => _uploads.Add(1, new("outcome", "failed"), new("problem", problem));

    /// <summary>Records an upload whose client disconnected before the answer.</summary>
    private void Abandoned() => _uploads.Add(1, new KeyValuePair<string, object?>("outcome", "abandoned"));
}
