using System.Diagnostics;
using System.Net.ServerSentEvents;
using Microsoft.Extensions.Configuration;

namespace BillionHearts.Bench;

/// <summary>
/// One photo at a time on an idle system: the time until the upload is answered, and until the owner's event stream
/// has <c>image.analyzed</c>. Both are measured from before the first byte is sent.
/// </summary>
internal static class JourneyBench
{
    public static async Task RunAsync(IConfiguration options, CancellationToken cancellationToken)
    {
        var count = options.GetValue("count", 30);
        var photo = TestImages.Photo;
        using var client = new BenchClient(options);
        var user = await client.CreateUserAsync(cancellationToken);
        var answered = new Latencies("upload answered");
        var analyzed = new Latencies("analyzed event received");
        Console.WriteLine($"{count} JPEGs of {photo.Length / 1e6:0.0} MB, one at a time; the first three warm up and do not count.\n");

        await using var stream = await client.OpenEventsAsync(user, cancellationToken);
        await using var events = SseParser.Create(stream).EnumerateAsync(cancellationToken).GetAsyncEnumerator(cancellationToken);

        for (var i = -3; i < count; i++)
        {
            var started = Stopwatch.GetTimestamp();
            var (_, refusal) = await client.UploadAsync(user, photo, cancellationToken);
            var untilAnswer = Stopwatch.GetElapsedTime(started);
            do
            {
                if (refusal is not null || !await events.MoveNextAsync())
                {
                    throw new InvalidOperationException($"The journey ended early: {refusal ?? "the event stream closed"}");
                }
            }
            while (events.Current.EventType is "image.uploaded");

            if (events.Current.EventType is not "image.analyzed")
            {
                throw new InvalidOperationException($"Instead of image.analyzed: {events.Current.EventType} {events.Current.Data}");
            }

            if (i >= 0)
            {
                answered.Record(untilAnswer);
                analyzed.Record(started);
            }
        }

        Latencies.PrintHeader();
        answered.Print();
        analyzed.Print();
    }
}
