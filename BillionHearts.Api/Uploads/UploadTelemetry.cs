using System.Diagnostics.Metrics;
using BillionHearts.Api.Platform.Telemetry;
using BillionHearts.ServiceDefaults.Errors;
using BillionHearts.ServiceDefaults.Telemetry;

namespace BillionHearts.Api.Uploads;

/// <summary>How uploads end, how long they take and how large they are.</summary>
internal sealed class UploadTelemetry
{
    private static readonly InstrumentAdvice<long> s_sizes = new()
    {
        HistogramBucketBoundaries = [10_000, 50_000, 100_000, 250_000, 500_000, 1_000_000, 2_000_000, 5_000_000, 10_000_000, 20_000_000],
    };

    private readonly Counter<long> _uploads;
    private readonly Histogram<double> _duration;
    private readonly Histogram<long> _size;

    public UploadTelemetry(IMeterFactory meters)
    {
        var meter = meters.Create(ApiTraces.Name);
        _uploads = meter.CreateCounter<long>("billionhearts.uploads", "{upload}", "Uploads of bytes, by how they ended.");
        _duration = meter.CreateHistogram(
            "billionhearts.upload.duration", "s", "From a stored upload's header to its commit, the client's sending included.", advice: Durations.Buckets);
        _size = meter.CreateHistogram("billionhearts.upload.size", "By", "Size of stored uploads.", advice: s_sizes);
    }

    public void Stored(string fileType, long bytes, TimeSpan duration)
    {
        _uploads.Add(1, new("outcome", "stored"), new("file_type", fileType));
        _size.Record(bytes);
        _duration.Record(duration.TotalSeconds);
    }

    /// <summary>An upload that did not end with a stored image.</summary>
    /// <param name="isAborted">Whether the client disconnected: a body that ends early is otherwise the client's mistake.</param>
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

    /// <summary>What the client sent is not accepted.</summary>
    public void Refused(string problem) => _uploads.Add(1, new("outcome", "refused"), new("problem", problem));

    /// <summary>A good upload was not stored, or it is not known whether it was.</summary>
    private void Failed(string problem) => _uploads.Add(1, new("outcome", "failed"), new("problem", problem));

    /// <summary>The client disconnected before it was answered.</summary>
    private void Abandoned() => _uploads.Add(1, new KeyValuePair<string, object?>("outcome", "abandoned"));
}
