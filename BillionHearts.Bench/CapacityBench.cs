using Microsoft.Extensions.Configuration;

namespace BillionHearts.Bench;

/// <summary>
/// The highest rate of uploads at which P99 stays within a limit. The rate rises in steps of equal length. The run ends after two
/// steps in a row beyond the limit, so that one disturbed step does not end it. Analysis runs at the same time, and the work that a
/// step leaves for it continues in the next.
/// </summary>
internal static class CapacityBench
{
    public static async Task RunAsync(IConfiguration options, CancellationToken cancellationToken)
    {
        var step = options.GetValue("step", 10.0);
        var last = options.GetValue("last", 200.0);
        var duration = TimeSpan.FromSeconds(options.GetValue("seconds", 30));
        var limit = TimeSpan.FromMilliseconds(options.GetValue("limit", 100.0));
        var photos = UploadBench.Photos(options);
        using var client = new BenchClient(options);
        var arrivals = new Arrivals(client, await client.CreateUserAsync(cancellationToken), photos);
        Console.WriteLine(
            $"Steps of {step:0.#}/s, {duration.TotalSeconds:0} s each, JPEGs of {photos.Average(photo => photo.Length) / 1000:0} KB, until P99 > {limit.TotalMilliseconds:0} ms twice.\n");

        await arrivals.RunAsync(options.GetValue("first", 20.0), TimeSpan.FromSeconds(5), cancellationToken);
        Latencies.PrintHeader();
        var (highest, beyond) = (0.0, 0);

        for (var rate = options.GetValue("first", 20.0); rate <= last && beyond < 2; rate += step)
        {
            var uploads = await arrivals.RunAsync(rate, duration, cancellationToken);
            uploads.Latencies.Print();

            if (uploads.Latencies.At(99) <= limit.TotalMilliseconds && uploads.Refusals.Count is 0)
            {
                (highest, beyond) = (rate, 0);
            }
            else
            {
                beyond++;
                Console.Error.WriteLine(uploads.DescribeRefusals());
            }
        }

        Console.WriteLine($"\nHighest rate with P99 <= {limit.TotalMilliseconds:0} ms and none refused: {highest:0.#}/s");
    }
}
