namespace BillionHearts.Tests.Telemetry;

/// <summary>The telemetry of one photo's upload and analysis, as a collector receives it.</summary>
[Collection(typeof(Observed))]
public sealed class UploadTraceTests(ObservedTopology topology)
{
    private static readonly TimeSpan s_limit = TimeSpan.FromSeconds(30);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    /// <summary>In the order in which they cause one another.</summary>
    private static readonly (string Service, string Name)[] s_way =
    [
        ("api", "POST /images/"),
        ("api", "image commit"),
        ("api", "outbox publish"),
        ("api", "publish image.uploaded"),
        ("analysis", "deliver image.uploaded"),
        ("analysis", "publish analysis.result"),
        ("api", "deliver analysis.result"),
        ("api", "result commit"),
        ("api", "outbox publish"),
        ("api", "publish image.analyzed"),
        ("notifications", "deliver image.analyzed"),
    ];

    [Fact]
    public async Task An_upload_is_one_trace_from_the_client_to_the_notification()
    {
        var spans = await TraceAsync();
        var span = spans.Single(span => span.Is("notifications", "deliver image.analyzed"));
        var way = new List<(string Service, string Name)>();

        for (var next = span; next is not null; next = spans.SingleOrDefault(parent => parent.Id == next.ParentId))
        {
            way.Insert(0, (next.From.Service, next.Name));
        }

        Assert.Equal(s_way, way);
        Assert.Equal(topology.Client.SpanId.ToHexString(), spans.Single(root => root.Is("api", "POST /images/")).ParentId);
    }

    [Fact]
    public async Task No_span_of_an_upload_lacks_its_parent()
    {
        var spans = await TraceAsync();
        var known = spans.Select(span => span.Id).Append(topology.Client.SpanId.ToHexString()).ToHashSet();

        Assert.All(spans, span => Assert.Contains(span.ParentId, known));
        Assert.Equal(spans.Count, spans.Select(span => span.Id).Distinct().Count());
    }

    [Fact]
    public async Task An_upload_shows_its_blob_its_commit_and_each_step_of_its_analysis()
    {
        var spans = await TraceAsync();

        AssertUnder(spans, ("api", "POST /images/"), ("api", "BlockBlobClient.Upload"), ("api", "PUT"));
        AssertUnder(spans, ("api", "POST /images/"), ("api", "image commit"), ("api", "postgresql"));
        AssertUnder(spans, ("analysis", "analysis attempt"), ("analysis", "analysis fetch"), ("analysis", "BlobBaseClient.DownloadStreaming"), ("analysis", "GET"));
        AssertUnder(spans, ("analysis", "analysis attempt"), ("analysis", "analysis decode"));
        AssertUnder(spans, ("analysis", "analysis attempt"), ("analysis", "analysis store"), ("analysis", "BlockBlobClient.Upload"), ("analysis", "PUT"));
        AssertUnder(spans, ("api", "deliver analysis.result"), ("api", "result commit"), ("api", "postgresql"));
        AssertUnder(spans, ("notifications", "deliver image.analyzed"), ("notifications", "postgresql"));
    }

    [Fact]
    public async Task Health_probes_and_background_work_are_not_traced()
    {
        await TraceAsync();

        // A probe of /health has preceded everything: the topology was healthy before the first request.
        Assert.DoesNotContain(topology.Exported.Spans, span => span.Attributes.GetValueOrDefault("url.path", "").TrimEnd('/') is "/health" or "/alive" or "/docs");
        Assert.All(topology.Exported.Spans.Where(span => span.ParentId is ""), root => Assert.Equal("Server", root.Kind));
    }

    [Fact]
    public async Task A_log_record_names_the_trace_that_it_was_written_in()
    {
        var record = await Eventually.ReadAsync(
            _ => Task.FromResult(topology.Exported.Logs.FirstOrDefault(log => log.TraceId == topology.TraceId && log.Body.StartsWith("Result of request", StringComparison.Ordinal))),
            until: found => found is not null, s_limit, Cancel);

        Assert.Equal("api", record!.From.Service);
    }

    [Fact]
    public async Task Exported_telemetry_names_its_service_and_instance()
    {
        var senders = await Eventually.ReadAsync(
            _ => Task.FromResult(topology.Exported.Metrics.Select(metric => metric.From).ToHashSet()), until: found => found.Count >= 5, s_limit, Cancel);

        Assert.Equal(["analysis", "api", "api", "notifications", "web"], senders.Select(sender => sender.Service).Order());
        Assert.DoesNotContain("", senders.Select(sender => sender.Instance));
        Assert.Equal(5, senders.Select(sender => sender.Instance).Distinct().Count());
    }

    [Fact]
    public async Task Exported_telemetry_contains_no_file_names_image_addresses_or_credentials()
    {
        await TraceAsync();
        var secrets = new List<string> { topology.FileName, topology.MediaKey };
        secrets.AddRange(topology.Secrets);

        foreach (var server in new[] { "imagesdb", "notificationsdb", "messaging", "blobs" })
        {
            secrets.AddRange(SecretsOf((await topology.App.GetConnectionStringAsync(server, Cancel))!));
        }

        Assert.Equal(9, secrets.Count(secret => secret.Length >= 16));
        Assert.All(secrets, secret => Assert.DoesNotContain(topology.Exported.Texts, text => text.Contains(secret, StringComparison.Ordinal)));
    }

    /// <summary>The upload's trace, once all of it has arrived.</summary>
    private Task<List<ExportedSpan>> TraceAsync() => Eventually.ReadAsync(
        _ => Task.FromResult(topology.Exported.Trace(topology.TraceId).ToList()),
        until: spans => s_way.All(step => spans.Any(span => span.Is(step.Service, step.Name)))
            && spans.All(span => span.ParentId == topology.Client.SpanId.ToHexString() || spans.Any(parent => parent.Id == span.ParentId)),
        s_limit, Cancel);

    private static void AssertUnder(List<ExportedSpan> spans, params (string Service, string Name)[] line)
    {
        var parents = spans.Where(span => span.Is(line[0].Service, line[0].Name)).ToList();
        Assert.NotEmpty(parents);

        foreach (var (service, name) in line[1..])
        {
            parents = [.. spans.Where(span => span.Is(service, name) && parents.Any(parent => parent.Id == span.ParentId))];
            Assert.True(parents.Count > 0, $"No span '{name}' of {service} in the line {string.Join(" → ", line.Select(step => step.Name))}.");
        }
    }

    /// <summary>Password or key, in whichever of the three notations.</summary>
    private static IEnumerable<string> SecretsOf(string connectionString) => Uri.TryCreate(connectionString, UriKind.Absolute, out var uri)
        ? [Uri.UnescapeDataString(uri.UserInfo.Split(':')[1])]
        : connectionString.Split(';').Where(part => part.StartsWith("Password=", StringComparison.Ordinal) || part.StartsWith("AccountKey=", StringComparison.Ordinal))
            .Select(part => part[(part.IndexOf('=', StringComparison.Ordinal) + 1)..]);
}
