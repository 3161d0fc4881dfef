using Google.Protobuf;

namespace BillionHearts.Dashboard.Intake;

/// <summary>Takes one kind of telemetry, however it travelled.</summary>
internal interface IIntake<in TRequest, out TResponse>
    where TRequest : IMessage<TRequest>, new()
    where TResponse : IMessage<TResponse>, new()
{
    TResponse Store(TRequest request);
}
