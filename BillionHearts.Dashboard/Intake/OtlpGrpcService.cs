using BillionHearts.Dashboard.Listening;
using Google.Protobuf;
using Grpc.AspNetCore.Server.Model;
using Grpc.Core;
using OpenTelemetry.Proto.Collector.Logs.V1;
using OpenTelemetry.Proto.Collector.Metrics.V1;
using OpenTelemetry.Proto.Collector.Trace.V1;

namespace BillionHearts.Dashboard.Intake;

/// <summary>OTLP over gRPC: the three calls named Export.</summary>
internal sealed class OtlpGrpcService(
    IIntake<ExportTraceServiceRequest, ExportTraceServiceResponse> traces,
    IIntake<ExportLogsServiceRequest, ExportLogsServiceResponse> logs,
    IIntake<ExportMetricsServiceRequest, ExportMetricsServiceResponse> metrics)
{
    public ExportTraceServiceResponse Store(ExportTraceServiceRequest request) => traces.Store(request);

    public ExportLogsServiceResponse Store(ExportLogsServiceRequest request) => logs.Store(request);

    public ExportMetricsServiceResponse Store(ExportMetricsServiceRequest request) => metrics.Store(request);
}

/// <summary>
/// Names the calls in place of generated code, whose deserializer would report bytes that are no message as a fault of ours.
/// </summary>
internal sealed class OtlpGrpcMethods : IServiceMethodProvider<OtlpGrpcService>
{
    public void OnServiceMethodDiscovery(ServiceMethodProviderContext<OtlpGrpcService> context)
    {
        Add<ExportTraceServiceRequest, ExportTraceServiceResponse>(context, (service, request) => service.Store(request));
        Add<ExportLogsServiceRequest, ExportLogsServiceResponse>(context, (service, request) => service.Store(request));
        Add<ExportMetricsServiceRequest, ExportMetricsServiceResponse>(context, (service, request) => service.Store(request));
    }

    private static void Add<TRequest, TResponse>(
        ServiceMethodProviderContext<OtlpGrpcService> context, Func<OtlpGrpcService, TRequest, TResponse> store)
        where TRequest : class, IMessage<TRequest>, new()
        where TResponse : class, IMessage<TResponse>, new()
    {
        var service = new TRequest().Descriptor.File.Services[0];

        context.AddUnaryMethod(
            new Method<TRequest, TResponse>(
                MethodType.Unary,
                service.FullName,
                service.Methods[0].Name,
                new((message, output) => output.Complete(message.ToByteArray()), input => OtlpMessage.Parse<TRequest>(input.PayloadAsReadOnlySequence())),
                new((message, output) => output.Complete(message.ToByteArray()), input => OtlpMessage.Parse<TResponse>(input.PayloadAsReadOnlySequence()))),
            [new ListenerMetadata(Listener.OtlpGrpc)],
            (instance, request, _) => Task.FromResult(store(instance, request)));
    }
}
