using System.Collections.Concurrent;
using System.Globalization;
using System.Net.ServerSentEvents;
using System.Text.Json;
using Microsoft.Extensions.Configuration;

namespace BillionHearts.Bench;

/// <summary>
/// Ten reads for each upload, both at fixed rates (open loop): uploads of distinct photos, and reads of media from a gallery. The gallery starts
/// with images that were read once; each upload is added when the owner's event stream has <c>image.analyzed</c>.
/// </summary>
internal sealed class MixBench : IDisposable
{
    private const int PreparedAtOnce = 4;

    private readonly Gallery _gallery = new();
    private readonly Latencies _uploads = new("upload");
    private readonly Latencies _reads = new("read");
    private readonly Latencies _hits = new("read, hit");
    private readonly Latencies _misses = new("read, miss");
    private readonly ConcurrentBag<string> _failures = [];
    private readonly byte[][] _photos = [.. Enumerable.Range(1, 8).Select(DetailedPhotos.Jpeg)];
    private readonly BenchClient _client;
    private long _user;
    private int _uploaded;
    private int _knownReads;
    private int _knownHits;

    private MixBench(IConfiguration options) => _client = new BenchClient(options);

    public static async Task RunAsync(IConfiguration options, CancellationToken cancellationToken)
    {
        var uploadRate = options.GetValue("uploads-per-second", 4.0);
        var readRate = options.GetValue("reads-per-second", 10 * uploadRate);
        var images = options.GetValue("images", 200);
        var duration = TimeSpan.FromSeconds(options.GetValue("seconds", 300));

        using var bench = new MixBench(options);
        Console.WriteLine(
            $"{uploadRate:0.#} uploads/s of {bench._photos.Average(photo => photo.Length) / 1000:0} KB and {readRate:0.#} reads/s for {duration.TotalSeconds:0} s; {images} images at the start.\n");
        await bench.PrepareAsync(images, cancellationToken);
        await bench.MeasureAsync(uploadRate, readRate, duration, cancellationToken);
        bench.Print(images);
    }

    public void Dispose() => _client.Dispose();

    /// <summary>Uploads the first images and reads each address once.</summary>
    private async Task PrepareAsync(int images, CancellationToken cancellationToken)
    {
        _user = await _client.CreateUserAsync(cancellationToken);
        var parallel = new ParallelOptions { MaxDegreeOfParallelism = PreparedAtOnce, CancellationToken = cancellationToken };

        await Parallel.ForAsync(0, images, parallel, async (_, cancel) =>
        {
            var uploaded = await _client.UploadImageAsync(_user, NextPhoto(), cancel);

            foreach (var address in _gallery.Add(await _client.GetAnalyzedAsync(uploaded.GetProperty("id").GetInt64(), cancel)))
            {
                await _client.GetBytesAsync(address.Path, range: null, cancel);
                address.IsKnown = true;
            }
        });
    }

    private async Task MeasureAsync(double uploadRate, double readRate, TimeSpan duration, CancellationToken cancellationToken)
    {
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        await using var events = await _client.OpenEventsAsync(_user, cancellationToken);
        var added = AddAnalyzedAsync(events, ended.Token);

        await Task.WhenAll(
            OpenLoop.RunAsync(uploadRate, duration, (_, dueAt) => UploadAsync(dueAt, cancellationToken), cancellationToken),
            OpenLoop.RunAsync(readRate, duration, (_, dueAt) => ReadAsync(dueAt, cancellationToken), cancellationToken));

        await ended.CancelAsync();
        await added;
    }

    /// <summary>Adds the analyzed images from the owner's event stream, until it is cancelled.</summary>
    private async Task AddAnalyzedAsync(Stream stream, CancellationToken ended)
    {
        try
        {
            await foreach (var item in SseParser.Create(stream).EnumerateAsync(ended))
            {
                if (item.EventType is "image.analyzed")
                {
                    _gallery.Add(await _client.GetImageAsync(JsonElement.Parse(item.Data).GetProperty("image_id").GetInt64(), ended));
                }
            }

            _failures.Add("The event stream ended.");
        }
        catch (OperationCanceledException) when (ended.IsCancellationRequested)
        {
            // The measurement has ended.
        }
        catch (HttpRequestException exception)
        {
            _failures.Add($"Reading an analyzed image: {exception.Message}");
        }
    }

    private async Task UploadAsync(long dueAt, CancellationToken cancellationToken)
    {
        try
        {
            var (_, refusal) = await _client.UploadAsync(_user, NextPhoto(), cancellationToken);

            if (refusal is not null)
            {
                _failures.Add(refusal);
            }
        }
        catch (HttpRequestException exception)
        {
            _failures.Add($"An upload: {exception.Message}");
        }

        _uploads.Record(dueAt);
    }

    private async Task ReadAsync(long dueAt, CancellationToken cancellationToken)
    {
        var address = _gallery.Next();
        var wasKnown = address.IsKnown;

        try
        {
            var (_, isHit) = await _client.GetBytesAsync(address.Path, range: null, cancellationToken);
            address.IsKnown = true;
            _reads.Record(dueAt);
            (isHit ? _hits : _misses).Record(dueAt);

            if (wasKnown)
            {
                Interlocked.Increment(ref _knownReads);
                Interlocked.Add(ref _knownHits, isHit ? 1 : 0);
            }
        }
        catch (HttpRequestException exception)
        {
            _reads.Record(dueAt);
            _failures.Add($"A read: {exception.Message}");
        }
    }

    private byte[] NextPhoto()
    {
        var number = Interlocked.Increment(ref _uploaded);
        return DetailedPhotos.Distinct(_photos[number % _photos.Length], number);
    }

    private void Print(int images)
    {
        Latencies.PrintHeader();
        _uploads.Print();
        _reads.Print();
        _hits.Print();
        _misses.Print();
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"\nHits among {_knownReads} reads of addresses that had been read before: {Share(_knownHits, _knownReads):0.00} %; among all {_reads.Count}: {Share(_hits.Count, _reads.Count):0.00} %."));
        Console.WriteLine($"{_gallery.Count - images} images were added meanwhile. {_failures.Count} failed{(_failures.FirstOrDefault() is { } first ? $", such as: {first}" : ".")}");
    }

    private static double Share(long part, long whole) => whole is 0 ? 0 : 100.0 * part / whole;
}
