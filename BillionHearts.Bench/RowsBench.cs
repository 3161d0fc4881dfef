using System.Diagnostics;
using System.Globalization;
using Microsoft.Extensions.Configuration;
using Npgsql;

namespace BillionHearts.Bench;

/// <summary>
/// An image by id and a user's list, with more and more rows in <c>images</c>: a closed loop over a few connections to one process of the api, in
/// its own topology. A page has the same number of images at each size; the smaller sizes have fewer users.
/// </summary>
internal static class RowsBench
{
    private static readonly TimeSpan s_startLimit = TimeSpan.FromMinutes(3);

    public static async Task RunAsync(IConfiguration options, CancellationToken cancellationToken)
    {
        var sizes = options.GetValue("rows", "10000,1000000,10000000")!.Split(',').Select(size => long.Parse(size, CultureInfo.InvariantCulture)).Order().ToList();
        var length = TimeSpan.FromSeconds(options.GetValue("seconds", 15));
        var warmUp = TimeSpan.FromSeconds(options.GetValue("warm-up", 5));
        var connections = options.GetValue("connections", 4);

        var builder = await DistributedApplicationTestingBuilder.CreateAsync<Projects.BillionHearts_AppHost>(["--Logging:LogLevel:Default=None"], cancellationToken);
        await using var app = await builder.BuildAsync(cancellationToken);
        await app.StartAsync(cancellationToken).WaitAsync(s_startLimit, cancellationToken);

        foreach (var resource in new[] { "api-1", "analysis", "gateway" })
        {
            await app.ResourceNotifications.WaitForResourceHealthyAsync(resource, cancellationToken).WaitAsync(s_startLimit, cancellationToken);
        }

        using var client = new BenchClient(app.GetEndpoint("gateway", "http"));
        await using var database = NpgsqlDataSource.Create((await app.GetConnectionStringAsync("imagesdb", cancellationToken))!);
        var rows = new ImageRows(database, await TemplateAsync(client, cancellationToken));
        using var calls = new RowCalls(app.GetEndpoint("api-1", "http"), connections);
        Console.WriteLine($"{connections} connections to one api, {length.TotalSeconds:0} s per call after {warmUp.TotalSeconds:0} s of warm-up.\n");
        Console.WriteLine("| rows | call | count | per s | P50 ms | P99 ms | P50 to the smallest | P99 to the smallest |\n|---:|---|---:|---:|---:|---:|---:|---:|");
        List<string> fillings = [];

        foreach (var size in sizes)
        {
            var startedAt = Stopwatch.GetTimestamp();
            await rows.FillAsync(size, cancellationToken);
            fillings.Add($"{size:N0} rows, {ImageRows.Users(size)} users: {await rows.MegabytesAsync(cancellationToken):N0} MB, filled in {Stopwatch.GetElapsedTime(startedAt).TotalSeconds:0} s");
            await calls.ChooseAsync(size, cancellationToken);

            // Otherwise the first size would include the JIT compilation of the api's methods.
            if (size == sizes[0])
            {
                await calls.RunAsync(size, warmUp, length, isMeasured: false, cancellationToken);
            }

            await calls.RunAsync(size, warmUp, length, isMeasured: true, cancellationToken);
        }

        Console.WriteLine($"\n{string.Join('\n', fillings)}");
    }

    /// <summary>Creates an image by upload and analysis, as a template for the generated rows.</summary>
    private static async Task<long> TemplateAsync(BenchClient client, CancellationToken cancellationToken)
    {
        var uploaded = await client.UploadImageAsync(await client.CreateUserAsync(cancellationToken), DetailedPhotos.Jpeg(seed: 1), cancellationToken);
        var id = uploaded.GetProperty("id").GetInt64();
        await client.GetAnalyzedAsync(id, cancellationToken);
        return id;
    }
}
