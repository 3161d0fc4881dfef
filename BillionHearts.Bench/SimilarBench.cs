using System.Diagnostics;
using System.Globalization;
using BillionHearts.Api.Pipeline.Duplicates;
using BillionHearts.Api.Platform.Data;
using BillionHearts.Contracts;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Configuration;
using Npgsql;

namespace BillionHearts.Bench;

/// <summary>
/// Near-duplicates and search with 100,000 images of one user, in a topology of its own: similar images by distance, words that few and that all images have,
/// first with a table that is vacuumed and then with one whose rows have all changed since; and the search for near-duplicates that storing a result adds.
/// </summary>
internal static class SimilarBench
{
    private static readonly TimeSpan s_startLimit = TimeSpan.FromMinutes(3);

    private static readonly string[] s_calls =
    [
        "images/{0}/similar", "images/{0}/similar?max_distance=0", "images/{0}/similar?max_distance=11", "images/{0}/similar?max_distance=15&limit=100",
        "images/{0}/similar?by=look", "images/{0}/similar?by=look&min_score=0.5&limit=100",
        "users/{1}/images?q=img%20{2}", "users/{1}/images?q=img", "users/{1}/images?q=nothing", "users/{1}/images?q=jp&sort=captured_at",
    ];

    public static async Task RunAsync(IConfiguration options, CancellationToken cancellationToken)
    {
        var images = options.GetValue("images", 100_000);
        var count = options.GetValue("count", 1000);

        var builder = await DistributedApplicationTestingBuilder.CreateAsync<Projects.BillionHearts_AppHost>(["--Logging:LogLevel:Default=None"], cancellationToken);
        await using var app = await builder.BuildAsync(cancellationToken);
        await app.StartAsync(cancellationToken).WaitAsync(s_startLimit, cancellationToken);

        foreach (var resource in new[] { "api-1", "api-2", "analysis", "gateway" })
        {
            await app.ResourceNotifications.WaitForResourceHealthyAsync(resource, cancellationToken).WaitAsync(s_startLimit, cancellationToken);
        }

        using var client = new BenchClient(app.GetEndpoint("gateway", "http"));
        using var http = new HttpClient { BaseAddress = app.GetEndpoint("api-1", "http") };
        await using var database = NpgsqlDataSource.Create((await app.GetConnectionStringAsync("imagesdb", cancellationToken))!);
        var template = await client.UploadImageAsync(await client.CreateUserAsync(cancellationToken), DetailedPhotos.Jpeg(seed: 1), cancellationToken);
        await client.GetAnalyzedAsync(template.GetProperty("id").GetInt64(), cancellationToken);
        var rows = new ImageRows(database, template.GetProperty("id").GetInt64()) { IsOneUser = true };
        await rows.FillAsync(images, cancellationToken);
        await LookRows.FillAsync(database, images, cancellationToken);
        Console.WriteLine($"{images:N0} images of one user; {count} calls of each kind, one at a time, at one api.\n");

        foreach (var isVacuumed in new[] { true, false })
        {
            if (!isVacuumed)
            {
                // New versions of all rows, as after an analysis of all images, so that no page of the table is known to be visible to all.
                await ExecuteAsync(database, $"ALTER TABLE images SET (autovacuum_enabled = off); UPDATE images SET analysis_attempt = 2 WHERE user_id = {ImageRows.FirstId}", cancellationToken);
            }

            Console.WriteLine(isVacuumed ? "Vacuumed:\n" : "\nAll rows updated and not vacuumed:\n");
            Latencies.PrintHeader();

            foreach (var call in s_calls)
            {
                await MeasureAsync(http, call, images, count / 5, isPrinted: false, cancellationToken);
                await MeasureAsync(http, call, images, count, isPrinted: true, cancellationToken);
            }
        }

        await ExecuteAsync(database, "VACUUM ANALYZE images", cancellationToken);
        await PrintSearchAsync((await app.GetConnectionStringAsync("imagesdb", cancellationToken))!, images, count, cancellationToken);
    }

    private static async Task MeasureAsync(HttpClient http, string call, int images, int count, bool isPrinted, CancellationToken cancellationToken)
    {
        var (latencies, random) = (new Latencies(call), new Random(1));

        for (var i = 0; i < count; i++)
        {
            var number = random.Next(images);
            var path = string.Format(CultureInfo.InvariantCulture, call, ImageRows.FirstId + number, ImageRows.FirstId, number);
            var startedAt = Stopwatch.GetTimestamp();
            using var response = await http.GetAsync(path, cancellationToken);
            await response.Content.ReadAsByteArrayAsync(cancellationToken);
            latencies.Record(startedAt);
        }

        if (isPrinted)
        {
            latencies.Print();
        }
    }

    /// <summary>What the near-duplicate alert adds to storing a result: the search, for a user with all images and for one with none, in turns.</summary>
    private static async Task PrintSearchAsync(string connection, int images, int count, CancellationToken cancellationToken)
    {
        Console.WriteLine("\nThe search alone, as when a result is stored:\n");
        Latencies.PrintHeader();
        var options = new DbContextOptionsBuilder<ImagesDbContext>();
        ImagesDatabase.Configure(options);
        await using var db = new ImagesDbContext(options.Options);
        db.Database.SetConnectionString(connection);
        await db.Database.OpenConnectionAsync(cancellationToken);
        var similar = new SimilarImages(db);
        var (none, all) = (new Latencies("user without images"), new Latencies($"user with {images}"));

        for (var i = -count / 5; i < count; i++)
        {
            foreach (var (user, latencies) in new[] { (1L, none), (ImageRows.FirstId, all) })
            {
                var startedAt = Stopwatch.GetTimestamp();
                await similar.FindAsync(new HashedImage(0, user, Random.Shared.NextInt64(), new byte[32]), DuplicateOptions.DefaultDistance, ImageEvent.MaxDuplicates, cancellationToken);

                if (i >= 0)
                {
                    latencies.Record(startedAt);
                }
            }
        }

        none.Print();
        all.Print();
    }

    private static async Task ExecuteAsync(NpgsqlDataSource database, string statement, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(statement);
        command.CommandTimeout = 0;
        await command.ExecuteNonQueryAsync(cancellationToken);
    }
}
