using System.IO.Pipelines;
using BillionHearts.Dashboard.Listening;
using Google.Protobuf;
using Grpc.Core;
using Microsoft.AspNetCore.Http.Features;
using OpenTelemetry.Proto.Collector.Logs.V1;
using OpenTelemetry.Proto.Collector.Metrics.V1;
using OpenTelemetry.Proto.Collector.Trace.V1;

namespace BillionHearts.Dashboard.Intake;

/// <summary>OTLP over HTTP, as protobuf.</summary>
internal static class OtlpHttpEndpoints
{
    private const string Protobuf = "application/x-protobuf";

    public static void MapOtlpHttp(this IEndpointRouteBuilder routes)
    {
        Map<ExportTraceServiceRequest, ExportTraceServiceResponse>(routes, "/v1/traces");
        Map<ExportLogsServiceRequest, ExportLogsServiceResponse>(routes, "/v1/logs");
        Map<ExportMetricsServiceRequest, ExportMetricsServiceResponse>(routes, "/v1/metrics");
    }

    private static void Map<TRequest, TResponse>(IEndpointRouteBuilder routes, string path)
        where TRequest : IMessage<TRequest>, new()
        where TResponse : IMessage<TResponse>, new() =>
        routes.MapPost(path, Export<TRequest, TResponse>).OnlyFrom(Listener.OtlpHttp).AllowAnonymous().DisableAntiforgery();

    private static async Task Export<TRequest, TResponse>(
        HttpContext context, IIntake<TRequest, TResponse> intake, CancellationToken cancellationToken)
        where TRequest : IMessage<TRequest>, new()
        where TResponse : IMessage<TResponse>, new()
    {
        try
        {
            Check(context.Request);
            var answer = intake.Store(await ReadAsync<TRequest>(context.Request, cancellationToken));
            await AnswerAsync(context.Response, StatusCodes.Status200OK, answer.ToByteArray());
        }
        catch (RpcException refusal)
        {
            await AnswerAsync(context.Response, HttpStatusOf(refusal.StatusCode), OtlpMessage.Status(refusal.StatusCode, refusal.Status.Detail));
        }
        catch (BadHttpRequestException refusal)
        {
            // Kestrel's own: too slow, or broken off.
            await AnswerAsync(context.Response, refusal.StatusCode, OtlpMessage.Status(StatusCode.InvalidArgument, refusal.Message));
        }
    }

    private static void Check(HttpRequest request)
    {
        // Kestrel's limit breaks the connection off, and the sender never reads why. Ours leaves the rest of the body to be drained.
        request.HttpContext.Features.GetRequiredFeature<IHttpMaxRequestBodySizeFeature>().MaxRequestBodySize = null;

        if (request.ContentLength > Listeners.MaxRequestBytes)
        {
            throw new RpcException(new(
                StatusCode.ResourceExhausted, $"The request has {request.ContentLength} bytes; at most {Listeners.MaxRequestBytes} are taken."));
        }

        var type = request.ContentType?.Split(';')[0].Trim();

        if (!string.Equals(type, Protobuf, StringComparison.OrdinalIgnoreCase))
        {
            throw new RpcException(new(StatusCode.Unimplemented, $"The content type is '{type}'; only {Protobuf} is taken."));
        }
    }

    private static async Task<T> ReadAsync<T>(HttpRequest request, CancellationToken cancellationToken)
        where T : IMessage<T>, new()
    {
        var encoding = request.Headers.ContentEncoding.ToString();

        await using var source = encoding.ToUpperInvariant() switch
        {
            "" or "IDENTITY" => new BoundedStream(request.Body, Listeners.MaxRequestBytes),
            "GZIP" => BoundedStream.Unpack(request.Body),
            _ => throw new RpcException(new(StatusCode.Unimplemented, $"The content encoding is '{encoding}'; only gzip is taken.")),
        };

        // Pooled pieces: one array for each body would be garbage of the kind that is collected last.
        var reader = PipeReader.Create(source, new(bufferSize: 64 * 1024, leaveOpen: true));

        try
        {
            var result = await reader.ReadAsync(cancellationToken);

            while (!result.IsCompleted)
            {
                reader.AdvanceTo(result.Buffer.Start, result.Buffer.End);
                result = await reader.ReadAsync(cancellationToken);
            }

            return OtlpMessage.Parse<T>(result.Buffer);
        }
        finally
        {
            await reader.CompleteAsync();
        }
    }

    private static async Task AnswerAsync(HttpResponse response, int status, byte[] message)
    {
        response.StatusCode = status;
        response.ContentType = Protobuf;
        response.ContentLength = message.Length;
        await response.Body.WriteAsync(message, response.HttpContext.RequestAborted);
    }

    private static int HttpStatusOf(StatusCode code) => code switch
    {
        StatusCode.ResourceExhausted => StatusCodes.Status413PayloadTooLarge,
        StatusCode.Unimplemented => StatusCodes.Status415UnsupportedMediaType,
        _ => StatusCodes.Status400BadRequest,
    };
}
