using System.Diagnostics;
using System.Globalization;
using Google.Protobuf;
using Microsoft.Extensions.Configuration;
using OpenTelemetry.Proto.Collector.Logs.V1;
using OpenTelemetry.Proto.Collector.Trace.V1;
using OpenTelemetry.Proto.Common.V1;
using OpenTelemetry.Proto.Logs.V1;
using OpenTelemetry.Proto.Trace.V1;
using MeasuredDashboard = BillionHearts.Dashboard.Tests.DashboardProcess;

namespace BillionHearts.Bench;

/// <summary>
/// What the dashboard occupies once its stores are full, and how long its pages take then. It starts a dashboard of its own, so
/// that no other telemetry is in the figures.
/// </summary>
internal static class DashboardBench
{
    private const int Batch = 500;
    private const int SpansPerTrace = 20;
    private const string Token = "bench";

    private static readonly string[] s_pages = ["/traces", "/structuredlogs", "/structuredlogs?text=never-to-be-found", "/traces?text=never-to-be-found", "/metrics"];

    public static async Task RunAsync(IConfiguration options, CancellationToken cancellationToken)
    {
        var records = options.GetValue("records", 200_000);
        var rounds = options.GetValue("rounds", 3);

        await using var dashboard = await MeasuredDashboard.StartAsync(cancellationToken, ("DASHBOARD__FRONTEND__BROWSERTOKEN", Token));
        using var intake = new HttpClient { BaseAddress = dashboard.OtlpHttp };
        using var pages = new HttpClient { BaseAddress = dashboard.Frontend };
        await pages.GetStringAsync($"/login?t={Token}", cancellationToken);
        Console.WriteLine($"spans and logs, each     RSS      intake");
        Console.WriteLine($"{0,20}  {dashboard.ResidentMegabytes(),4:0} MB");

        for (var round = 1; round <= rounds; round++)
        {
            var watch = Stopwatch.StartNew();

            for (var sent = 0; sent < records; sent += Batch)
            {
                var first = ((round - 1) * records) + sent;
                await SendAsync(intake, "/v1/traces", Spans(first), cancellationToken);
                await SendAsync(intake, "/v1/logs", Logs(first), cancellationToken);
            }

            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"{round * records,20:N0}  {dashboard.ResidentMegabytes(),4:0} MB  {2 * records / watch.Elapsed.TotalSeconds:N0} records/s"));
        }

        foreach (var page in s_pages)
        {
            await TimeAsync(pages, page, cancellationToken);
        }

        Console.WriteLine($"{"after the pages",20}  {dashboard.ResidentMegabytes(),4:0} MB");
    }

    private static async Task TimeAsync(HttpClient pages, string page, CancellationToken cancellationToken)
    {
        var times = new List<double>();

        for (var i = 0; i < 9; i++)
        {
            var watch = Stopwatch.StartNew();
            await pages.GetStringAsync(page, cancellationToken);
            times.Add(watch.Elapsed.TotalMilliseconds);
        }

        Console.WriteLine($"  {page,-40} first {times[0],4:0} ms, median {times.Order().ElementAt(4),4:0} ms, worst {times.Max(),4:0} ms");
    }

    private static async Task SendAsync(HttpClient client, string path, IMessage message, CancellationToken cancellationToken)
    {
        using var content = new ByteArrayContent(message.ToByteArray());
        content.Headers.ContentType = new("application/x-protobuf");
        using var response = await client.PostAsync(path, content, cancellationToken);
        response.EnsureSuccessStatusCode();
    }

    private static ExportTraceServiceRequest Spans(int first)
    {
        var scope = new ScopeSpans { Scope = new() { Name = "Microsoft.AspNetCore" } };

        for (var i = first; i < first + Batch; i++)
        {
            var trace = i / SpansPerTrace;
            scope.Spans.Add(new Span
            {
                TraceId = ByteString.CopyFrom([.. BitConverter.GetBytes((long)trace), .. BitConverter.GetBytes(trace * 7919L + 1)]),
                SpanId = ByteString.CopyFrom(BitConverter.GetBytes(i + 1L)),
                ParentSpanId = i % SpansPerTrace is 0 ? ByteString.Empty : ByteString.CopyFrom(BitConverter.GetBytes(i + 0L)),
                Name = "GET /images/{id}",
                Kind = Span.Types.SpanKind.Server,
                StartTimeUnixNano = Time(i),
                EndTimeUnixNano = Time(i) + 4_200_000,
                Attributes =
                {
                    Text("http.request.method", "GET"), Text("url.scheme", "http"), Text("url.path", $"/images/{i}"), Text("http.route", "/images/{id}"),
                    Text("server.address", "localhost"), Number("server.port", 8080), Number("http.response.status_code", 200),
                    Text("network.protocol.version", "1.1"), Text("user_agent.original", "billionhearts-bench/1.0"), Text("image.id", i.ToString(CultureInfo.InvariantCulture)),
                },
            });
        }

        return new() { ResourceSpans = { new ResourceSpans { Resource = Service(first), ScopeSpans = { scope } } } };
    }

    private static ExportLogsServiceRequest Logs(int first)
    {
        var scope = new ScopeLogs { Scope = new() { Name = "BillionHearts.Api.Images.ImageEndpoints" } };

        for (var i = first; i < first + Batch; i++)
        {
            scope.LogRecords.Add(new LogRecord
            {
                TimeUnixNano = Time(i),
                SeverityNumber = SeverityNumber.Info,
                Body = new() { StringValue = $"Image {i} of user {i % 1000} was kept: 3145728 bytes in 41.7 ms" },
                TraceId = ByteString.CopyFrom([.. BitConverter.GetBytes((long)i), .. BitConverter.GetBytes(1L)]),
                SpanId = ByteString.CopyFrom(BitConverter.GetBytes(i + 1L)),
                Attributes =
                {
                    Number("ImageId", i), Number("UserId", i % 1000), Number("Bytes", 3_145_728), Text("Elapsed", "41.7"),
                    Text("{OriginalFormat}", "Image {ImageId} of user {UserId} was kept: {Bytes} bytes in {Elapsed} ms"),
                    Text("RequestPath", "/images/"), Text("ConnectionId", $"0HN{i:X8}"), Text("RequestId", $"0HN{i:X8}:00000001"),
                },
            });
        }

        return new() { ResourceLogs = { new ResourceLogs { Resource = Service(first), ScopeLogs = { scope } } } };
    }

    private static OpenTelemetry.Proto.Resource.V1.Resource Service(int first) => new()
    {
        Attributes = { Text("service.name", (first / Batch % 4) switch { 0 => "gateway", 1 => "api", 2 => "analysis", _ => "notifications" }), Text("service.instance.id", "1") },
    };

    private static ulong Time(int i) => 1_700_000_000_000_000_000 + ((ulong)i * 1_000_000);

    private static KeyValue Text(string key, string value) => new() { Key = key, Value = new() { StringValue = value } };

    private static KeyValue Number(string key, long value) => new() { Key = key, Value = new() { IntValue = value } };
}
