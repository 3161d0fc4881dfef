using System.Globalization;
using System.Numerics;
using System.Text.Json;
using System.Text.Json.Nodes;
using BillionHearts.Api.Pipeline.Results;
using BillionHearts.Contracts;

namespace BillionHearts.Api.Pipeline.Comparisons;

/// <summary>A field that two analyses of the same bytes do not have in common.</summary>
/// <param name="Field">Its path, such as <c>tone.contrast</c>.</param>
/// <param name="Kind">One of <see cref="DifferenceKind"/>.</param>
/// <param name="Change">By how much a number differs; of a hash, how many of its 64 bits. Not negative.</param>
/// <param name="Old">The stored value.</param>
/// <param name="New">The new value.</param>
internal sealed record FieldDifference(string Field, string Kind, double? Change, string? Old, string? New);

internal static class DifferenceKind
{
    public const string Changed = "changed";

    /// <summary>The stored analysis does not have it, as when a version adds a field.</summary>
    public const string Added = "added";

    public const string Lost = "lost";
}

/// <summary>
/// Compares two analyses field by field, so that what a later version adds is compared as well. Of what the camera wrote (<c>photo</c>) it says which fields differ, and no
/// values: the owner's places and times are not the operator's to see.
/// </summary>
internal static class AnalysisDifference
{
    private const string CameraFields = "photo.";
    private const int MaxShown = 200;

    public static IReadOnlyList<FieldDifference> Between(ImageAnalysis old, ImageAnalysis @new)
    {
        var (before, after) = (Fields(old), Fields(@new));
        var names = before.Keys.Union(after.Keys).Order(StringComparer.Ordinal);

        return [.. names.Select(name => Compare(name, before.GetValueOrDefault(name), after.GetValueOrDefault(name))).OfType<FieldDifference>()];
    }

    private static FieldDifference? Compare(string field, JsonNode? old, JsonNode? @new)
    {
        if (JsonNode.DeepEquals(old, @new))
        {
            return null;
        }

        var kind = old is null ? DifferenceKind.Added : @new is null ? DifferenceKind.Lost : DifferenceKind.Changed;

        return field.StartsWith(CameraFields, StringComparison.Ordinal)
            ? new FieldDifference(field, kind, Change: null, Old: null, New: null)
            : new FieldDifference(field, kind, Change(field, old, @new), Show(old), Show(@new));
    }

    private static double? Change(string field, JsonNode? old, JsonNode? @new) =>
        field is "phash" or "dhash" && Phash.TryParse($"{old}", out var one) && Phash.TryParse($"{@new}", out var other)
            ? BitOperations.PopCount((ulong)(one ^ other))
            : Number(old) is { } before && Number(@new) is { } after ? Math.Abs(after - before) : null;

    private static double? Number(JsonNode? node) => node?.GetValueKind() is JsonValueKind.Number ? node.GetValue<double>() : null;

    private static string? Show(JsonNode? node) => node switch
    {
        null => null,
        JsonValue value when value.GetValueKind() is JsonValueKind.Number => value.GetValue<double>().ToString(CultureInfo.InvariantCulture),
        JsonArray list => Shorten(list.ToJsonString()),
        _ => Shorten($"{node}"),
    };

    private static string Shorten(string text) => text.Length > MaxShown ? text[..MaxShown] : text;

    /// <summary>All fields by their path. A list is one field.</summary>
    private static Dictionary<string, JsonNode> Fields(ImageAnalysis analysis)
    {
        var fields = new Dictionary<string, JsonNode>(StringComparer.Ordinal);
        // Read back from the text, so that equal numbers are equal nodes.
        Add(JsonNode.Parse(JsonSerializer.Serialize(analysis))!.AsObject(), path: "");
        fields.Remove("analyzer");
        return fields;

        void Add(JsonObject parent, string path)
        {
            foreach (var (name, value) in parent)
            {
                var field = path + JsonNamingPolicy.SnakeCaseLower.ConvertName(name);

                if (value is JsonObject child)
                {
                    Add(child, $"{field}.");
                }
                else if (value is not null)
                {
                    fields.Add(field, value);
                }
            }
        }
    }
}
