using System.Net.ServerSentEvents;
using System.Text.Json;

namespace BillionHearts.Bench;

/// <summary>Uploads of one user at a fixed rate, each followed until its <c>analyzed</c> event.</summary>
internal sealed class AnalyzedUploads(BenchClient client, byte[][] photos)
{
    /// <summary>How long after the last upload an event may come. Without a back-log it comes at once.</summary>
    private static readonly TimeSpan s_drain = TimeSpan.FromMinutes(2);

    /// <param name="parts">Of the duration, that are told apart in the journal.</param>
    public async Task<Journal> RunAsync(double rate, TimeSpan duration, int parts, CancellationToken cancellationToken)
    {
        var journal = new Journal((int)(rate * duration.TotalSeconds), parts);
        var user = await client.CreateUserAsync(cancellationToken);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        await using var stream = await client.OpenEventsAsync(user, cancellationToken);
        var listening = ListenAsync(stream, journal, stop.Token);

        await OpenLoop.RunAsync(rate, duration, UploadAsync, cancellationToken);
        await Task.WhenAny(journal.AllEnded, Task.Delay(s_drain, cancellationToken), listening);
        await stop.CancelAsync();
        await listening;
        return journal;

        async Task UploadAsync(int number, long dueAt)
        {
            try
            {
                var (id, refusal) = await client.UploadAsync(user, photos[number % photos.Length], cancellationToken);
                journal.Answered(number, dueAt, id, refusal);
            }
            catch (HttpRequestException exception)
            {
                journal.Answered(number, dueAt, id: 0, exception.Message);
            }
        }
    }

    private static async Task ListenAsync(Stream stream, Journal journal, CancellationToken cancellationToken)
    {
        try
        {
            await foreach (var item in SseParser.Create(stream).EnumerateAsync(cancellationToken))
            {
                if (item.EventType is "image.analyzed" or "image.failed")
                {
                    journal.Ended(JsonElement.Parse(item.Data).GetProperty("image_id").GetInt64(), item.EventType is "image.analyzed");
                }
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
        }
    }
}
