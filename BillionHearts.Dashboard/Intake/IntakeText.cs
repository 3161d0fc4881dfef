using System.Buffers;
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
    private const int MaxNameLength = 1024;

    // What moves a cursor, or turns the direction of the text around it so that a line reads as another.
    private static readonly SearchValues<char> s_invisible = SearchValues.Create(
        string.Concat(Enumerable.Range(0, 160).Select(code => (char)code).Where(code => char.IsControl(code) && code is not ('\t' or '\n' or '\r')))
        + "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069");

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
            packer.Add(Name(attribute.Key), Cut(Text(attribute.Value), limits.MaxAttributeLength));
        }
    }

    /// <summary>For a series, which is the same one whatever order its attributes were sent in.</summary>
    public static PackedText PackOrdered(RepeatedField<KeyValue> attributes, TelemetryLimits limits)
    {
        var packer = new TextPacker();

        foreach (var attribute in attributes.Take(limits.MaxAttributeCount).OrderBy(attribute => attribute.Key, StringComparer.Ordinal))
        {
            packer.AddPlain(Name(attribute.Key), Name(Text(attribute.Value)));
        }

        return packer.Pack();
    }

    /// <summary>Of a span, a scope, an attribute, an instrument: short in anything but an attack.</summary>
    public static string Name(string text) => Cut(text, MaxNameLength);

    public static string Cut(string text, int limit) =>
        Visible(text.Length <= limit ? text : string.Concat(text.AsSpan(0, limit), "…"));

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

    // Control characters by their picture, ␛ for ESC; the rest as what cannot be shown.
    private static string Visible(string text) => !text.AsSpan().ContainsAny(s_invisible) ? text : string.Create(text.Length, text, (shown, source) =>
    {
        for (var i = 0; i < shown.Length; i++)
        {
            shown[i] = !s_invisible.Contains(source[i]) ? source[i] : source[i] < ' ' ? (char)('\u2400' + source[i]) : '\ufffd';
        }
    });

    private static string Json(AnyValue value, int depth) =>
        value.ValueCase is AnyValue.ValueOneofCase.StringValue or AnyValue.ValueOneofCase.BytesValue ? Quote(Text(value)) : Text(value, depth);

    private static string Quote(string text) => $"\"{JsonEncodedText.Encode(text)}\"";
}
