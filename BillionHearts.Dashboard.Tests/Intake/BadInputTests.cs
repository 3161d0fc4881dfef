using System.IO.Compression;
using System.Net;
using System.Net.Http.Headers;
using Google.Protobuf;
using OpenTelemetry.Proto.Collector.Trace.V1;
using OpenTelemetry.Proto.Trace.V1;

namespace BillionHearts.Dashboard.Tests.Intake;

/// <summary>What is refused, over HTTP; and that the next good request is taken.</summary>
public sealed class BadInputTests(BadInputTests.Fixture fixture) : IClassFixture<BadInputTests.Fixture>
{
    private const string Protobuf = "application/x-protobuf";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public static TheoryData<string, HttpStatusCode> Refusals => new()
    {
        { "garbage", HttpStatusCode.BadRequest },
        { "nested too deep", HttpStatusCode.BadRequest },
        { "cut off", HttpStatusCode.BadRequest },
        { "not gzip", HttpStatusCode.BadRequest },
        { "gzip of too much", HttpStatusCode.RequestEntityTooLarge },
        { "another encoding", HttpStatusCode.UnsupportedMediaType },
        { "JSON", HttpStatusCode.UnsupportedMediaType },
        { "too long, and says so", HttpStatusCode.RequestEntityTooLarge },
        { "too long, in chunks", HttpStatusCode.RequestEntityTooLarge },
        { "no key", HttpStatusCode.Unauthorized },
        { "wrong key", HttpStatusCode.Unauthorized },
        { "unknown path", HttpStatusCode.NotFound },
        { "a page", HttpStatusCode.NotFound },
    };

    [Theory]
    [MemberData(nameof(Refusals))]
    public async Task Bad_input_is_refused_and_harms_nothing(string what, HttpStatusCode expected)
    {
        using var client = new HttpClient { BaseAddress = fixture.Dashboard.OtlpHttp };
        using var bad = Request(what);
        using var refused = await client.SendAsync(bad, Cancel);
        Assert.Equal(expected, refused.StatusCode);

        var before = fixture.Dashboard.Telemetry.Traces.SpanCount;
        using var good = Request("good");
        using var taken = await client.SendAsync(good, Cancel);
        Assert.Equal(HttpStatusCode.OK, taken.StatusCode);
        Assert.Equal(before + 1, fixture.Dashboard.Telemetry.Traces.SpanCount);
    }

    [Fact]
    public async Task A_body_of_100_MB_is_refused_before_it_is_read()
    {
        using var client = new HttpClient { BaseAddress = fixture.Dashboard.OtlpHttp };
        using var request = Request("good");
        using var body = new CountedContent(100 * 1024 * 1024);
        request.Content = body;
        body.Headers.ContentType = new(Protobuf);
        request.Headers.ExpectContinue = true;

        using var refused = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, Cancel);

        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, refused.StatusCode);
        Assert.Equal(0, body.Sent);
        Assert.Contains("4194304", await refused.Content.ReadAsStringAsync(Cancel), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Gzip_is_taken()
    {
        var before = fixture.Dashboard.Telemetry.Traces.SpanCount;
        using var client = new HttpClient { BaseAddress = fixture.Dashboard.OtlpHttp };
        using var request = Request("good");
        request.Content = Content(Pack(Spans(1).ToByteArray()));
        request.Content.Headers.ContentEncoding.Add("gzip");

        using var taken = await client.SendAsync(request, Cancel);

        Assert.Equal(HttpStatusCode.OK, taken.StatusCode);
        Assert.Equal(before + 1, fixture.Dashboard.Telemetry.Traces.SpanCount);
    }

    [Fact]
    public async Task A_span_without_ids_is_refused_by_count_and_the_rest_is_kept()
    {
        var before = fixture.Dashboard.Telemetry.Traces.SpanCount;
        var spans = Spans(2);
        spans.ResourceSpans[0].ScopeSpans[0].Spans[0].TraceId = ByteString.CopyFrom(1, 2, 3);

        using var client = new HttpClient { BaseAddress = fixture.Dashboard.OtlpHttp };
        using var request = Request("good");
        request.Content = Content(spans.ToByteArray());
        using var taken = await client.SendAsync(request, Cancel);

        var answer = ExportTraceServiceResponse.Parser.ParseFrom(await taken.Content.ReadAsByteArrayAsync(Cancel));
        Assert.Equal(1, answer.PartialSuccess.RejectedSpans);
        Assert.Equal(before + 1, fixture.Dashboard.Telemetry.Traces.SpanCount);
    }

    [Fact]
    public async Task Times_that_no_calendar_has_are_kept_as_the_nearest_that_can_be_shown()
    {
        var spans = Spans(1);
        var span = spans.ResourceSpans[0].ScopeSpans[0].Spans[0];
        (span.StartTimeUnixNano, span.EndTimeUnixNano) = (ulong.MaxValue, 1);

        using var client = new HttpClient { BaseAddress = fixture.Dashboard.OtlpHttp };
        using var request = Request("good");
        request.Content = Content(spans.ToByteArray());
        using var taken = await client.SendAsync(request, Cancel);

        Assert.Equal(HttpStatusCode.OK, taken.StatusCode);
        Assert.Contains(fixture.Dashboard.Telemetry.Traces.List(new()), trace => trace.Start.Year is 2200 && trace.DurationTicks is 0);
    }

    private static HttpRequestMessage Request(string what)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, what switch { "unknown path" => "/v1/profiles", "a page" => "/login", _ => "/v1/traces" })
        {
            Content = Content(what switch
            {
                "garbage" => [0xff, 0xff, 0xff, 0xff, 0x00, 0x17],
                "nested too deep" => Nested(200),
                "cut off" => Spans(1).ToByteArray()[..^3],
                "gzip of too much" => Pack(new byte[64 * 1024 * 1024]),
                "too long, and says so" or "too long, in chunks" => new byte[5 * 1024 * 1024],
                _ => Spans(1).ToByteArray(),
            }),
        };

        request.Content.Headers.ContentType = new(what is "JSON" ? "application/json" : Protobuf);
        request.Headers.TransferEncodingChunked = what is "too long, in chunks";

        if (what is "not gzip" or "gzip of too much" or "another encoding")
        {
            request.Content.Headers.ContentEncoding.Add(what is "another encoding" ? "br" : "gzip");
        }

        if (what is not "no key")
        {
            request.Headers.Add("x-otlp-api-key", what is "wrong key" ? "the-api-kez" : RunningDashboard.ApiKey);
        }

        return request;
    }

    private static ByteArrayContent Content(byte[] bytes)
    {
        var content = new ByteArrayContent(bytes);
        content.Headers.ContentType = new MediaTypeHeaderValue(Protobuf);
        return content;
    }

    internal static ExportTraceServiceRequest Spans(int count)
    {
        var scope = new ScopeSpans();

        for (var i = 0; i < count; i++)
        {
            scope.Spans.Add(new Span
            {
                TraceId = ByteString.CopyFrom(Guid.NewGuid().ToByteArray()),
                SpanId = ByteString.CopyFrom(Guid.NewGuid().ToByteArray().AsSpan(0, 8)),
                Name = "GET",
                StartTimeUnixNano = 1_700_000_000_000_000_000,
                EndTimeUnixNano = 1_700_000_000_001_000_000,
            });
        }

        return new() { ResourceSpans = { new ResourceSpans { ScopeSpans = { scope } } } };
    }

    internal static byte[] Pack(byte[] bytes)
    {
        using var packed = new MemoryStream();

        using (var gzip = new GZipStream(packed, CompressionLevel.Fastest))
        {
            gzip.Write(bytes);
        }

        return packed.ToArray();
    }

    // An array in an array in an array …, as the value of one attribute.
    private static byte[] Nested(int depth)
    {
        var value = new OpenTelemetry.Proto.Common.V1.AnyValue { StringValue = "x" };

        for (var i = 0; i < depth; i++)
        {
            value = new() { ArrayValue = new() { Values = { value } } };
        }

        var spans = Spans(1);
        spans.ResourceSpans[0].ScopeSpans[0].Spans[0].Attributes.Add(new OpenTelemetry.Proto.Common.V1.KeyValue { Key = "deep", Value = value });
        return spans.ToByteArray();
    }

    public sealed class Fixture : IAsyncLifetime
    {
        internal RunningDashboard Dashboard { get; private set; } = null!;

        public async ValueTask InitializeAsync() => Dashboard = await RunningDashboard.StartAsync(CancellationToken.None);

        public ValueTask DisposeAsync() => Dashboard.DisposeAsync();
    }

    private sealed class CountedContent(long length) : HttpContent
    {
        public long Sent { get; private set; }

        protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context)
        {
            var chunk = new byte[64 * 1024];

            while (Sent < length)
            {
                await stream.WriteAsync(chunk);
                Sent += chunk.Length;
            }
        }

        protected override bool TryComputeLength(out long total)
        {
            total = length;
            return true;
        }
    }
}
