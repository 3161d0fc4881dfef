using System.Globalization;
using BillionHearts.Dashboard.Intake;
using BillionHearts.Dashboard.Telemetry;
using CsCheck;
using Google.Protobuf.Collections;
using OpenTelemetry.Proto.Common.V1;

namespace BillionHearts.Dashboard.Tests.Telemetry;

public sealed class PackedTextTests
{
    private static readonly Gen<string> s_text = Gen.String[Gen.Char[' ', '\u2020'], 0, 300];

    [Fact]
    public void Whatever_is_packed_is_unpacked() =>
        Gen.Select(s_text, s_text).Array[0, 10].Sample(pairs =>
        {
            var packer = new TextPacker();

            foreach (var (name, value) in pairs)
            {
                packer.Add(name, value);
            }

            Assert.Equal(pairs.Select(pair => new KeyValuePair<string, string>(pair.Item1, pair.Item2)), packer.Pack().ToList());
        });

    [Fact]
    public void A_text_is_found_whatever_its_case_and_nothing_else_is() =>
        Gen.Select(Gen.String[Gen.Char["aAbBü.@`"], 0, 20], Gen.String[Gen.Char["aAbB.@`"], 1, 4]).Sample((value, needle) =>
            Assert.Equal(value.Contains(needle, StringComparison.OrdinalIgnoreCase), Some.Text(("name", value)).Contains(TextNeedle.From(needle)!)));

    [Fact]
    public void A_series_is_the_same_one_the_second_time_and_in_any_order()
    {
        var value = Guid.NewGuid().ToString();

        var first = IntakeText.PackOrdered(Attributes(("a", value), ("b", "1")), new());
        var second = IntakeText.PackOrdered(Attributes(("b", "1"), ("a", value)), new());

        Assert.Equal(first, second, PackedTextComparer.Instance);
    }

    [Fact]
    public void A_value_of_a_megabyte_is_cut_and_too_many_attributes_are_left_out()
    {
        var limits = new TelemetryLimits();
        var many = Enumerable.Range(0, 1_000).Select(i => (i.ToString(CultureInfo.InvariantCulture), new string('x', 1024 * 1024)));

        var packed = IntakeText.Pack(Attributes([.. many.Take(200)]), limits);

        Assert.Equal(limits.MaxAttributeCount, packed.ToList().Count);
        Assert.All(packed.ToList(), attribute => Assert.Equal(limits.MaxAttributeLength + 1, attribute.Value.Length));
    }

    [Fact]
    public void Control_characters_are_shown_and_turn_nothing_around()
    {
        var packed = IntakeText.Pack(Attributes(("path", "\u001b[2J\0a\u202etxt.exe\nnext")), new());

        Assert.Equal("␛[2J␀a\ufffdtxt.exe\nnext", packed["path"]);
    }

    private static RepeatedField<KeyValue> Attributes(params (string Name, string Value)[] attributes) =>
        [.. attributes.Select(attribute => new KeyValue { Key = attribute.Name, Value = new() { StringValue = attribute.Value } })];
}
