using System.Buffers;
using Google.Protobuf;
using Grpc.Core;

namespace BillionHearts.Dashboard.Intake;

internal static class OtlpMessage
{
    /// <summary>Bytes that are no such message are the sender's fault, and are said to be.</summary>
    public static T Parse<T>(ReadOnlySequence<byte> bytes)
        where T : IMessage<T>, new()
    {
        try
        {
            var message = new T();
            message.MergeFrom(bytes);
            return message;
        }
        catch (InvalidProtocolBufferException)
        {
            throw new RpcException(new(StatusCode.InvalidArgument, $"The request is no {new T().Descriptor.Name}."));
        }
    }

    /// <summary>google.rpc.Status, which OTLP/HTTP answers an error with: <c>{ int32 code = 1; string message = 2; }</c></summary>
    public static byte[] Status(StatusCode code, string message)
    {
        using var stream = new MemoryStream();

        using (var output = new CodedOutputStream(stream, leaveOpen: true))
        {
            output.WriteTag(1, WireFormat.WireType.Varint);
            output.WriteInt32((int)code);
            output.WriteTag(2, WireFormat.WireType.LengthDelimited);
            output.WriteString(message);
        }

        return stream.ToArray();
    }
}
