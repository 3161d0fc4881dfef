using System.Diagnostics;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using BillionHearts.Tests.Distributed;

namespace BillionHearts.Tests.Telemetry;

/// <summary>Tests that share one observed topology. Beside no others: two topologies at once are slow to start.</summary>
[CollectionDefinition(DisableParallelization = true)]
public sealed class Observed : ICollectionFixture<ObservedTopology>;

/// <summary>A topology that exports to the test, and one photo's whole way through it.</summary>
public sealed class ObservedTopology : IAsyncLifetime
{
    private static readonly string[] s_scopes = ["images:read"];

    private static readonly TimeSpan s_limit = TimeSpan.FromSeconds(60);

    private OtlpReceiver? _receiver;
    private DistributedApplication? _app;

    internal ExportedTelemetry Exported => _receiver!.Exported;

    internal DistributedApplication App => _app!;

    /// <summary>What the client says of the trace that its upload belongs to.</summary>
    internal ActivityContext Client { get; } = new(ActivityTraceId.CreateRandom(), ActivitySpanId.CreateRandom(), ActivityTraceFlags.Recorded);

    internal string FileName { get; } = $"holiday-{Guid.NewGuid():n}.jpg";

    /// <summary>Password, token and API key of the user.</summary>
    internal IReadOnlyList<string> Secrets { get; private set; } = [];

    internal string MediaKey { get; private set; } = "";

    internal string TraceId => Client.TraceId.ToHexString();

    public async ValueTask InitializeAsync()
    {
        var cancel = TestContext.Current.CancellationToken;
        _receiver = await OtlpReceiver.StartAsync(cancel);
        _app = await AppHostFixture.StartAsync([$"ASPIRE_DASHBOARD_OTLP_ENDPOINT_URL={_receiver.Address}", "OTEL_METRIC_EXPORT_INTERVAL=1000"], cancel);
        await LiveAsync(cancel);
    }

    public async ValueTask DisposeAsync()
    {
        if (_app is not null)
        {
            await _app.DisposeAsync();
        }

        if (_receiver is not null)
        {
            await _receiver.DisposeAsync();
        }
    }

    private async Task LiveAsync(CancellationToken cancellationToken)
    {
        using var client = new ImagesClient(App.CreateHttpClient("gateway", "http"));
        var user = await client.RegisterAsync(cancellationToken);
        using var made = await client.Http.PostAsJsonAsync($"/users/{user}/keys", new { name = "observed", scopes = s_scopes }, cancellationToken);
        Secrets = [.. client.Secrets, (await ImagesClient.ReadAsync(made, cancellationToken)).GetProperty("key").GetString()!];

        client.Http.DefaultRequestHeaders.Add("traceparent", $"00-{TraceId}-{Client.SpanId.ToHexString()}-01");
        var image = await client.UploadAsync(user, TestImages.Jpeg(640, 480), FileName, cancellationToken);
        client.Http.DefaultRequestHeaders.Remove("traceparent");

        await ToldAsync(client, user, cancellationToken);
        var media = new Uri((await client.GetImageAsync(image.GetProperty("id").GetInt64(), cancellationToken)).GetProperty("url").GetString()!);
        MediaKey = media.Segments[2].TrimEnd('/');
        using var bytes = await client.Http.GetAsync(media.AbsolutePath, cancellationToken);
        bytes.EnsureSuccessStatusCode();
        using var refused = await client.PostFileAsync(user, [1, 2, 3], FileName, cancellationToken);
    }

    /// <summary>Waits until the owner is told. A stream that is refused for the moment is asked for again, as a browser does.</summary>
    private static async Task ToldAsync(ImagesClient client, long user, CancellationToken cancellationToken) => Assert.Equal(
        "image.analyzed",
        await Eventually.ReadAsync(cancel => FirstEventAsync(client, user, cancel), until: told => told is not null, s_limit, cancellationToken));

    private static async Task<string?> FirstEventAsync(ImagesClient client, long user, CancellationToken cancellationToken)
    {
        try
        {
            return await client.EventsAsync(user, lastEventId: "0", cancellationToken).Select(told => told.EventType)
                .FirstOrDefaultAsync(told => told is not "image.uploaded", cancellationToken);
        }
        catch (HttpRequestException refusal) when (refusal.StatusCode is HttpStatusCode.ServiceUnavailable)
        {
            return null;
        }
    }
}
