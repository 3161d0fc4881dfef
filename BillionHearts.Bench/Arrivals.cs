using System.Collections.Concurrent;

namespace BillionHearts.Bench;

/// <summary>
/// Uploads that arrive at a fixed rate whether or not earlier ones are answered (open loop). Latency counts from the moment when an
/// upload was due, so that a stall counts for every upload that it delays.
/// </summary>
internal sealed class Arrivals(BenchClient client, long user, byte[][] photos)
{
    private int _next;

    public async Task<ArrivedUploads> RunAsync(double rate, TimeSpan duration, CancellationToken cancellationToken)
    {
        var latencies = new Latencies($"upload at {rate:0.#}/s");
        ConcurrentBag<string> refusals = [];
        await OpenLoop.RunAsync(rate, duration, (_, dueAt) => UploadAsync(photos[(uint)Interlocked.Increment(ref _next) % photos.Length], dueAt), cancellationToken);
        return new ArrivedUploads(latencies, refusals);

        async Task UploadAsync(byte[] photo, long dueAt)
        {
            try
            {
                var (_, refusal) = await client.UploadAsync(user, photo, cancellationToken);
                if (refusal is not null)
                {
                    refusals.Add(refusal);
                }
            }
            catch (HttpRequestException exception)
            {
                refusals.Add(exception.Message);
            }

            latencies.Record(dueAt);
        }
    }
}

internal sealed record ArrivedUploads(Latencies Latencies, IReadOnlyCollection<string> Refusals)
{
    /// <summary>How many were refused or failed, and one of the reasons.</summary>
    public string DescribeRefusals() => $"{Refusals.Count} refused or failed{(Refusals.FirstOrDefault() is { } first ? $", such as: {first}" : "")}";
}
