using System.Globalization;
using System.Text.Json;
using BillionHearts.Dashboard.Telemetry;
using Google.Protobuf.Collections;
using OpenTelemetry.Proto.Common.V1;

namespace BillionHearts.Dashboard.Intake;

/// <summary>OTLP attributes as text: a dashboard shows values, it does not compute with them.</summary>
internal static class IntakeText
{
    private const int MaxDepth = 16;

    public static PackedText Pack(RepeatedField<KeyValue> attributes, TelemetryLimits limits)
    {
        var packer = new TextPacker();
        Add(packer, attributes, limits);
        return packer.Pack();
    }

    public static void Add(TextPacker packer, RepeatedField<KeyValue> attributes, TelemetryLimits limits)
    {
        foreach (var attribute in attributes.Take(limits.MaxAttributeCount))
        {
            packer.Add(Cut(attribute.Key, limits), Cut(Text(attribute.Value), limits));
        }
    }

    /// <summary>One pair of one series is the same whatever order it was sent in.</summary>
    public static PackedText PackOrdered(RepeatedField<KeyValue> attributes, TelemetryLimits limits)
    {
        var packer = new TextPacker();

        foreach (var attribute in attributes.Take(limits.MaxAttributeCount).OrderBy(attribute => attribute.Key, StringComparer.Ordinal))
        {
            packer.Add(Cut(attribute.Key, limits), Cut(Text(attribute.Value), limits));
        }

        return packer.Pack();
    }

    public static string Cut(string text, TelemetryLimits limits) =>
        text.Length <= limits.MaxAttributeLength ? text : string.Concat(text.AsSpan(0, limits.MaxAttributeLength), "…");

    public static string Find(RepeatedField<KeyValue> attributes, string name)
    {
        foreach (var attribute in attributes)
        {
            if (attribute.Key == name)
            {
                return Text(attribute.Value);
            }
        }

        return string.Empty;
    }

    public static string Text(AnyValue? value, int depth = 0) => value?.ValueCase switch
    {
        AnyValue.ValueOneofCase.StringValue => value.StringValue,
        AnyValue.ValueOneofCase.BoolValue => value.BoolValue ? "true" : "false",
        AnyValue.ValueOneofCase.IntValue => value.IntValue.ToString(CultureInfo.InvariantCulture),
        AnyValue.ValueOneofCase.DoubleValue => value.DoubleValue.ToString(CultureInfo.InvariantCulture),
        AnyValue.ValueOneofCase.BytesValue => value.BytesValue.ToBase64(),
        AnyValue.ValueOneofCase.ArrayValue or AnyValue.ValueOneofCase.KvlistValue when depth >= MaxDepth => "…",
        AnyValue.ValueOneofCase.ArrayValue => $"[{string.Join(",", value.ArrayValue.Values.Select(item => Json(item, depth + 1)))}]",
        AnyValue.ValueOneofCase.KvlistValue =>
            $"{{{string.Join(",", value.KvlistValue.Values.Select(pair => $"{Quote(pair.Key)}:{Json(pair.Value, depth + 1)}"))}}}",
        _ => string.Empty,
    };

    private static string Json(AnyValue value, int depth) =>
        value.ValueCase is AnyValue.ValueOneofCase.StringValue or AnyValue.ValueOneofCase.BytesValue ? Quote(Text(value)) : Text(value, depth);

    private static string Quote(string text) => $"\"{JsonEncodedText.Encode(text)}\"";
}
