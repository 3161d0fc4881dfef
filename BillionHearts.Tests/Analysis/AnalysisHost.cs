using System.Text.Json;
using BillionHearts.Analysis;
using BillionHearts.Contracts;
using BillionHearts.Storage;
using BillionHearts.Tests.Distributed;
using BillionHearts.Tests.ServiceDefaults;
using BillionHearts.Tests.Storage;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using RabbitMQ.Client;

namespace BillionHearts.Tests.Analysis;

/// <summary>The analysis service with a broker and a container of its own, and a proxy that can make the store fail.</summary>
internal sealed class AnalysisHost : IAsyncDisposable
{
    private AnalysisHost(WebApplication app, TestBroker broker, FaultyFront front)
    {
        (App, Broker, Front) = (app, broker, front);
        Http = new HttpClient { BaseAddress = new Uri(app.Urls.Single()) };
    }

    public WebApplication App { get; }

    public TestBroker Broker { get; }

    public FaultyFront Front { get; }

    public HttpClient Http { get; }

    public IBlobStore Store => App.Services.GetRequiredService<IBlobStore>();

    public static async Task<AnalysisHost> StartAsync(
        AppHostFixture fixture, CancellationToken cancellationToken, params (string Name, string Value)[] settings)
    {
        var broker = await TestBroker.CreateAsync(fixture, cancellationToken);
        var front = await FaultyFront.StartAsync(await AzureBlobStoreTests.ConnectionStringAsync(fixture), cancellationToken);
        var builder = WebApplication.CreateBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Configuration.AddInMemoryCollection(
        [
            new("ConnectionStrings:messaging", broker.ConnectionString),
            new("ConnectionStrings:blobs", front.ConnectionString),
            new("BlobStore:Container", $"test-{Guid.NewGuid():n}"),
            new("BlobStore:Retries", "0"),
            new("OTEL_RESOURCE_ATTRIBUTES", "service.instance.id=worker-1,other=2"),
            .. settings.Select(setting => KeyValuePair.Create(setting.Name, (string?)setting.Value)),
        ]);

        var app = AnalysisApplication.Build(builder);
        await app.StartAsync(cancellationToken);
        var host = new AnalysisHost(app, broker, front);
        await Eventually.ReadAsync(
            host.HealthAsync, until: body => body.Contains("\"status\":\"Healthy\",\"checks\"", StringComparison.Ordinal), TimeSpan.FromSeconds(30), cancellationToken);

        return host;
    }

    public async Task<string> HealthAsync(CancellationToken cancellationToken)
    {
        using var response = await Http.GetAsync(new Uri("/health", UriKind.Relative), cancellationToken);

        return await response.Content.ReadAsStringAsync(cancellationToken);
    }

    /// <summary>Stores a file as the api does, and the request that it would send.</summary>
    public async Task<AnalysisRequest> UploadAsync(byte[] file, CancellationToken cancellationToken, string lane = AnalysisLane.Fresh)
    {
        var key = BlobKeys.NewOriginal(TimeProvider.System.GetUtcNow());
        await Store.WriteAsync(key, file, "application/octet-stream", cancellationToken);

        return new AnalysisRequest
        {
            StorageUrl = Store.GetUri(key),
            ImageId = Random.Shared.NextInt64(1, long.MaxValue),
            UserId = 7,
            Version = 3,
            MessageId = Guid.CreateVersion7(),
            Attempt = 2,
            Lane = lane,
        };
    }

    public Task PublishAsync(AnalysisRequest request, CancellationToken cancellationToken) => Broker.PublishAsync(
        request.Lane is AnalysisLane.Backfill ? ImagesExchange.Keys.Backfill : ImagesExchange.Keys.Uploaded,
        request.MessageId,
        JsonSerializer.SerializeToUtf8Bytes(request),
        cancellationToken);

    public async Task<AnalysisResult> AnalyzeAsync(AnalysisRequest request, CancellationToken cancellationToken)
    {
        await PublishAsync(request, cancellationToken);

        return (await ResultAsync(cancellationToken)).Result;
    }

    /// <summary>Takes the next result, however long its analysis lasts.</summary>
    public async Task<(AnalysisResult Result, IReadOnlyBasicProperties Properties)> ResultAsync(CancellationToken cancellationToken)
    {
        var message = await TakeAsync(ImagesExchange.Queues.AnalysisResults, cancellationToken);

        return (JsonSerializer.Deserialize<AnalysisResult>(message.Body.Span)!, message.BasicProperties);
    }

    public async Task<BasicGetResult> TakeAsync(string queue, CancellationToken cancellationToken) => (await Eventually.ReadAsync(
        cancel => Broker.TakeAsync(queue, cancel), until: message => message is not null, TimeSpan.FromSeconds(60), cancellationToken))!;

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        await App.StopAsync(CancellationToken.None);
        await App.DisposeAsync();
        await Front.DisposeAsync();
        await Broker.DisposeAsync();
    }
}
