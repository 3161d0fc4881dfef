using System.IO.Compression;
using BillionHearts.Dashboard.Listening;
using BillionHearts.Dashboard.Telemetry;
using Grpc.AspNetCore.Server.Model;
using Grpc.Net.Compression;
using OpenTelemetry.Proto.Collector.Logs.V1;
using OpenTelemetry.Proto.Collector.Metrics.V1;
using OpenTelemetry.Proto.Collector.Trace.V1;

namespace BillionHearts.Dashboard.Intake;

internal static class OtlpIntake
{
    public static void AddOtlpIntake(this IServiceCollection services)
    {
        services.AddOptions<TelemetryLimits>().BindConfiguration(TelemetryLimits.SectionName).ValidateDataAnnotations().ValidateOnStart();
        services.AddSingleton<TelemetryStore>();
        services.AddSingleton<IIntake<ExportTraceServiceRequest, ExportTraceServiceResponse>, TraceIntake>();
        services.AddSingleton<IIntake<ExportLogsServiceRequest, ExportLogsServiceResponse>, LogIntake>();
        services.AddSingleton<IIntake<ExportMetricsServiceRequest, ExportMetricsServiceResponse>, MetricIntake>();

        services.AddSingleton<OtlpGrpcService>();
        services.AddSingleton<IServiceMethodProvider<OtlpGrpcService>, OtlpGrpcMethods>();
        services.AddGrpc(grpc =>
        {
            grpc.MaxReceiveMessageSize = Listeners.MaxRequestBytes;
            grpc.CompressionProviders.Add(new BoundedGzip());
        });
    }

    /// <summary>In place of gRPC's own, which unpacks without a limit.</summary>
    private sealed class BoundedGzip : ICompressionProvider
    {
        public string EncodingName => "gzip";

        public Stream CreateCompressionStream(Stream stream, CompressionLevel? compressionLevel) =>
            new GZipStream(stream, compressionLevel ?? CompressionLevel.Fastest, leaveOpen: true);

        public Stream CreateDecompressionStream(Stream stream) => BoundedStream.Unpack(stream);
    }
}
