using System.IO.Compression;
using BillionHearts.Dashboard.Intake;
using Google.Protobuf;
using Grpc.Core;
using Grpc.Net.Client;
using Grpc.Net.Compression;
using OpenTelemetry.Proto.Collector.Trace.V1;

namespace BillionHearts.Dashboard.Tests.Intake;

/// <summary>The same over gRPC, in its own words.</summary>
public sealed class BadGrpcTests(BadInputTests.Fixture fixture) : IClassFixture<BadInputTests.Fixture>
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public static TheoryData<string, StatusCode> Refusals => new()
    {
        { "garbage", StatusCode.InvalidArgument },
        { "too long", StatusCode.ResourceExhausted },
        { "gzip of too much", StatusCode.ResourceExhausted },
        { "no key", StatusCode.Unauthenticated },
        { "wrong key", StatusCode.Unauthenticated },
        { "unknown service", StatusCode.Unimplemented },
    };

    [Theory]
    [MemberData(nameof(Refusals))]
    public async Task Bad_input_is_refused_in_gRPCs_own_words_and_harms_nothing(string what, StatusCode expected)
    {
        var refusal = await Assert.ThrowsAsync<RpcException>(() => CallAsync(what));
        Assert.Equal(expected, refusal.StatusCode);

        var before = fixture.Dashboard.Telemetry.Traces.SpanCount;
        await CallAsync("good");
        await CallAsync("good gzip");
        Assert.Equal(before + 2, fixture.Dashboard.Telemetry.Traces.SpanCount);
    }

    private async Task CallAsync(string what)
    {
        using var channel = GrpcChannel.ForAddress(fixture.Dashboard.OtlpGrpc, new()
        {
            MaxSendMessageSize = null,
            CompressionProviders = [new Gzip()],
        });

        var headers = new Metadata();

        if (what is not "no key")
        {
            headers.Add("x-otlp-api-key", what is "wrong key" ? "the-api-kez" : RunningDashboard.ApiKey);
        }

        if (what is "gzip of too much" or "good gzip")
        {
            headers.Add("grpc-internal-encoding-request", "gzip");
        }

        var service = what is "unknown service" ? "opentelemetry.proto.collector.profiles.v1.ProfilesService" : "opentelemetry.proto.collector.trace.v1.TraceService";
        var method = new Method<byte[], ExportTraceServiceResponse>(
            MethodType.Unary,
            service,
            "Export",
            Marshallers.Create(bytes => bytes, bytes => bytes),
            Marshallers.Create(message => message.ToByteArray(), ExportTraceServiceResponse.Parser.ParseFrom));

        byte[] body = what switch
        {
            "garbage" => [0xff, 0xff, 0xff, 0xff, 0x00, 0x17],
            "too long" => new byte[5 * 1024 * 1024],
            "gzip of too much" => new byte[BoundedStream.MaxUnpackedBytes + 1],
            _ => BadInputTests.Spans(1).ToByteArray(),
        };

        await channel.CreateCallInvoker().AsyncUnaryCall(method, null, new CallOptions(headers, cancellationToken: Cancel), body);
    }

    private sealed class Gzip : ICompressionProvider
    {
        public string EncodingName => "gzip";

        public Stream CreateCompressionStream(Stream stream, CompressionLevel? compressionLevel) => new GZipStream(stream, CompressionLevel.Fastest, leaveOpen: true);

        public Stream CreateDecompressionStream(Stream stream) => new GZipStream(stream, CompressionMode.Decompress, leaveOpen: true);
    }
}
