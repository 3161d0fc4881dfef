using System.Text.Json;
using BillionHearts.Api.Data;
using BillionHearts.Api.Images;
using BillionHearts.Api.Outbox;
using BillionHearts.Contracts;
using BillionHearts.ServiceDefaults.Messaging;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Metadata;
using Microsoft.EntityFrameworkCore.Storage.ValueConversion;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;
using RabbitMQ.Client;
using Wolverine;
using Wolverine.EntityFrameworkCore;
using Wolverine.Postgresql;
using Wolverine.RabbitMQ;

namespace WolverineBench;

internal interface IHostSide : IAsyncDisposable
{
    /// <summary>Commits images with a message each, in one commit; their ids.</summary>
    Task<List<long>> CommitAsync(int count);

    Task<long> WaitingAsync();

    Task OrphanAsync(int count);
}

/// <param name="side"><c>ours</c>, <c>wolverine</c> with publisher confirms, <c>wolverine-default</c> as it comes.</param>
internal sealed class Sides(string side)
{
    public static readonly Uri Broker = new("amqp://app:app@127.0.0.1:23512");

    public static string Database(string side) => $"Host=127.0.0.1;Port=23511;Username=app;Password=app;Database={side.Split('-')[0]};Maximum Pool Size=30";

    public async Task<IHostSide> StartAsync()
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Logging.AddSimpleConsole(console => console.SingleLine = true).AddFilter(null, Enum.Parse<LogLevel>(Environment.GetEnvironmentVariable("BENCH_LOG") ?? "None"));
        builder.Services.AddSingleton(TimeProvider.System);
        builder.Services.AddMetrics();
        builder.Services.AddDbContextPool<ImagesDbContext>(options =>
        {
            ImagesDatabase.Configure(options.UseNpgsql(Database(side)));
            if (side != "ours")
            {
                options.ReplaceService<IModelCustomizer, WithEnvelopes>();
            }
        });

        if (side is "ours")
        {
            builder.Services.AddSingleton<IConnectionFactory>(new ConnectionFactory { Uri = Broker });
            builder.Services.AddMessagePublisher();
            builder.Services.AddSingleton<OutboxSignal>();
            builder.Services.AddScoped<OutboxStore>();
            builder.Services.AddHostedService<OutboxRelay>();
        }
        else
        {
            builder.UseWolverine(Configure);
        }

        var host = builder.Build();
        await host.StartAsync();
        return side is "ours" ? new Ours(host) : new Wolverines(host);
    }

    public async Task ResetAsync()
    {
        await using (var server = NpgsqlDataSource.Create(Database("postgres")))
        {
            await server.CreateCommand($"DROP DATABASE IF EXISTS {side.Split('-')[0]} WITH (FORCE)").ExecuteNonQueryAsync();
            await server.CreateCommand($"CREATE DATABASE {side.Split('-')[0]}").ExecuteNonQueryAsync();
        }

        var options = new DbContextOptionsBuilder<ImagesDbContext>();
        ImagesDatabase.Configure(options.UseNpgsql(Database(side)));
        await using var db = new ImagesDbContext(options.Options);
        await db.Database.MigrateAsync();
        await db.Database.ExecuteSqlRawAsync("INSERT INTO users (id, username, created_at) VALUES (1, 'bench', now())");

        var connection = await new ConnectionFactory { Uri = Broker }.CreateConnectionAsync();
        var channel = await connection.CreateChannelAsync();
        await ImagesTopology.DeclareAsync(channel, default);
        await channel.QueuePurgeAsync(ImagesExchange.Queues.AnalysisFresh);
        await connection.CloseAsync();
    }

    private void Configure(WolverineOptions options)
    {
        options.Discovery.DisableConventionalDiscovery();
        options.PersistMessagesWithPostgresql(Database(side), "wolverine");
        options.UseEntityFrameworkCoreTransactions();
        var rabbit = options.UseRabbitMq(Broker);
        if (side != "wolverine-default")
        {
            rabbit.ConfigureChannelCreation(channel => channel.PublisherConfirmationsEnabled = channel.PublisherConfirmationTrackingEnabled = true);
        }

        options.PublishMessage<AnalysisRequest>().ToRabbitRoutingKey(ImagesExchange.Name, ImagesExchange.Keys.Uploaded).UseDurableOutbox();
    }

    private static List<Image> New(int count) =>
    [
        .. Enumerable.Range(0, count).Select(_ =>
        {
            var request = Guid.CreateVersion7();
            return new Image
            {
                UserId = 1, OriginalFilename = "heart.jpg", UploadDate = DateTimeOffset.UtcNow, Width = 1400, Height = 1050, FileSize = 202_000, FileType = "jpeg",
                StoragePath = $"originals/{request:n}", Status = ImageStatus.Pending, Version = 1, Sha256 = new byte[32], StoredAt = DateTimeOffset.UtcNow,
                MediaKey = request.ToString("n"), AnalysisRequestId = request, AnalysisAttempt = 1,
            };
        })
    ];

    private static AnalysisRequest Work(Image image) => new()
    {
        StorageUrl = new Uri($"http://127.0.0.1/blobs/{image.StoragePath}"),
        ImageId = image.Id,
        UserId = image.UserId,
        Version = 1,
        MessageId = image.AnalysisRequestId!.Value,
        Sha256 = Convert.ToHexStringLower(image.Sha256!),
    };

    private static async Task<long> CountAsync(NpgsqlDataSource database, string table) =>
        (long)(await database.CreateCommand($"SELECT count(*) FROM {table}").ExecuteScalarAsync())!;

    /// <summary>As ContentCommits does it.</summary>
    private sealed class Ours(IHost host) : IHostSide
    {
        private readonly NpgsqlDataSource _database = NpgsqlDataSource.Create(Database("ours"));

        public async Task<List<long>> CommitAsync(int count)
        {
            await using var scope = host.Services.CreateAsyncScope();
            var db = scope.ServiceProvider.GetRequiredService<ImagesDbContext>();
            var ids = await db.InTransactionAsync(
                async cancel =>
                {
                    var images = New(count);
                    foreach (var image in images)
                    {
                        await db.Images.AddAsync(image, cancel);
                        db.Outbox.Add(OutboxMessage.Of(Work(image)));
                    }

                    await db.SaveChangesAsync(cancel);
                    return images.ConvertAll(image => image.Id);
                },
                CancellationToken.None);
            host.Services.GetRequiredService<OutboxSignal>().Set();
            return ids;
        }

        public Task<long> WaitingAsync() => CountAsync(_database, "outbox");

        public async Task OrphanAsync(int count)
        {
            await host.StopAsync();
            await CommitAsync(count);
        }

        public async ValueTask DisposeAsync()
        {
            await host.StopAsync();
            host.Dispose();
            await _database.DisposeAsync();
        }
    }

    private sealed class Wolverines(IHost host) : IHostSide
    {
        private readonly NpgsqlDataSource _database = NpgsqlDataSource.Create(Database("wolverine"));

        public async Task<List<long>> CommitAsync(int count)
        {
            await using var scope = host.Services.CreateAsyncScope();
            var outbox = scope.ServiceProvider.GetRequiredService<IDbContextOutbox<ImagesDbContext>>();
            var images = New(count);
            foreach (var image in images)
            {
                await outbox.DbContext.Images.AddAsync(image);
                await outbox.PublishAsync(Work(image));
            }

            await outbox.SaveChangesAndFlushMessagesAsync();
            return images.ConvertAll(image => image.Id);
        }

        public Task<long> WaitingAsync() => CountAsync(_database, "wolverine.wolverine_outgoing_envelopes");

        // Saved and not flushed; given to nobody, which is where the release of a dead node's rows leaves them.
        public async Task OrphanAsync(int count)
        {
            await using var scope = host.Services.CreateAsyncScope();
            var outbox = scope.ServiceProvider.GetRequiredService<IDbContextOutbox<ImagesDbContext>>();
            foreach (var image in New(count))
            {
                await outbox.DbContext.Images.AddAsync(image);
                await outbox.PublishAsync(Work(image));
            }

            await outbox.DbContext.SaveChangesAsync();
            await _database.CreateCommand("UPDATE wolverine.wolverine_outgoing_envelopes SET owner_id = 0").ExecuteNonQueryAsync();
        }

        public async ValueTask DisposeAsync()
        {
            await host.StopAsync();
            host.Dispose();
            await _database.DisposeAsync();
        }
    }

    /// <summary>Wolverine's tables in the model, so that its rows go in the same SaveChanges, and the context can be pooled as ours is.</summary>
    private sealed class WithEnvelopes(ModelCustomizerDependencies dependencies) : RelationalModelCustomizer(dependencies)
    {
        public override void Customize(ModelBuilder modelBuilder, DbContext context)
        {
            base.Customize(modelBuilder, context);
            modelBuilder.MapWolverineEnvelopeStorage("wolverine");
        }
    }
}
