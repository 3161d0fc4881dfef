using System.Text.Json;
using Microsoft.OpenApi;

namespace BillionHearts.Api.Platform.Input;

/// <summary>
/// Reads the fields of one flat JSON object. The call that reads a field also declares it: name, type and rule. All errors
/// are collected. A field that is missing or wrong reads as its type's default, and the request is refused.
/// </summary>
internal sealed class FieldReader
{
    private readonly Dictionary<string, JsonElement> _fields = [];
    private readonly OrderedDictionary<string, FieldDescription> _declared = [];

    public FieldReader(JsonElement json)
    {
        foreach (var property in json.EnumerateObject())
        {
            if (!JsonText.TryRead(() => property.Name, out var name))
            {
                Errors.Add("(name)", "is not valid Unicode text");
            }
            else if (!_fields.TryAdd(name, property.Value))
            {
                Errors.Add(name, "appears more than once");
            }
        }
    }

    private FieldReader()
    {
    }

    public FieldErrors Errors { get; } = new();

    public bool HasAny => _fields.Keys.Any(Has);

    /// <summary>The fields that <paramref name="read"/> declares, without a request.</summary>
    public static IReadOnlyCollection<FieldDescription> Describe(Action<FieldReader> read)
    {
        var reader = new FieldReader();
        read(reader);

        return [.. reader._declared.Values];
    }

    /// <summary>Whether the field was sent with a value. Null counts as not sent, as in the original service.</summary>
    public bool Has(string name) => _fields.TryGetValue(name, out var value) && value.ValueKind is not JsonValueKind.Null;

    /// <summary>Adds an error for each field that no call has declared.</summary>
    public void RefuseUndeclared()
    {
        foreach (var unknown in _fields.Keys.Except(_declared.Keys))
        {
            Errors.Add(unknown, $"is not a field of this request. The fields are {string.Join(", ", _declared.Keys)}");
        }
    }

    public long Integer(string name, long min, long max) =>
        Find(name, FieldDescription.Integer(min, max), isRequired: true) is { } value ? ReadInteger(name, value, min, max) ?? 0 : 0;

    public long? OptionalInteger(string name, long min, long max) =>
        Find(name, FieldDescription.Integer(min, max), isRequired: false) is { } value ? ReadInteger(name, value, min, max) : null;

    /// <param name="maxLength">In UTF-16 units, as .NET, Java and JavaScript count.</param>
    public string Text(string name, int maxLength) =>
        Find(name, FieldDescription.Text(maxLength), isRequired: true) is { } value ? ReadText(name, value, text => TextRules.Fault(text, maxLength)) ?? "" : "";

    /// <inheritdoc cref="Text"/>
    public string? OptionalText(string name, int maxLength) =>
        Find(name, FieldDescription.Text(maxLength), isRequired: false) is { } value ? ReadText(name, value, text => TextRules.Fault(text, maxLength)) : null;

    /// <summary>A name from a list; <paramref name="parse"/> may know other spellings of it.</summary>
    public T? OneOf<T>(string name, Func<string, T?> parse, IReadOnlyList<string> names, bool isRequired) where T : class =>
        Find(name, FieldDescription.OneOf(names), isRequired) is { } value
        && ReadText(name, value, text => parse(text) is null ? FieldErrors.NotOneOf(names, text) : null) is { } valid
            ? parse(valid)
            : null;

    /// <summary>A required array of strings, each checked by a rule. Errors of an item are reported under its index.</summary>
    public IReadOnlyList<string> Texts(string name, int maxCount, Func<string, string?> fault) =>
        [.. Items(name, maxCount, new OpenApiSchema { Type = JsonSchemaType.String })
            .Select((item, index) => ReadText($"{name}[{FieldErrors.Format(index)}]", item, fault) ?? "")];

    /// <summary>A required array of ids.</summary>
    public IReadOnlyList<long> Ids(string name, int maxCount) =>
        [.. Items(name, maxCount, FieldDescription.Integer(1, long.MaxValue))
            .Select((item, index) => ReadInteger($"{name}[{FieldErrors.Format(index)}]", item, 1, long.MaxValue) ?? 0)];

    private List<JsonElement> Items(string name, int maxCount, OpenApiSchema items)
    {
        if (Find(name, FieldDescription.Array(items, maxCount), isRequired: true) is not { } array)
        {
            return [];
        }

        if (array.ValueKind is not JsonValueKind.Array)
        {
            Errors.Add(name, $"must be an array, not {JsonText.Describe(array)}");
            return [];
        }

        if (array.GetArrayLength() > maxCount)
        {
            Errors.Add(name, $"must have at most {FieldErrors.Format(maxCount)} entries, not {FieldErrors.Format(array.GetArrayLength())}");
            return [];
        }

        return [.. array.EnumerateArray()];
    }

    private long? ReadInteger(string name, JsonElement value, long min, long max)
    {
        if (value.ValueKind is JsonValueKind.Number && value.TryGetInt64(out var number) && number >= min && number <= max)
        {
            return number;
        }

        Errors.Add(name, value.ValueKind is JsonValueKind.Number
            ? FieldErrors.NotWhole(min, max, value.GetRawText())
            : $"must be an integer, not {JsonText.Describe(value)}");

        return null;
    }

    private string? ReadText(string name, JsonElement value, Func<string, string?> fault)
    {
        var text = "";
        var sentence = value.ValueKind is not JsonValueKind.String ? $"must be a string, not {JsonText.Describe(value)}"
            : !JsonText.TryRead(() => value.GetString()!, out text) ? "is not valid Unicode text"
            : fault(text);

        if (sentence is null)
        {
            return text;
        }

        Errors.Add(name, sentence);

        return null;
    }

    private JsonElement? Find(string name, OpenApiSchema schema, bool isRequired)
    {
        _declared.TryAdd(name, new FieldDescription(name, schema, isRequired));

        if (Has(name))
        {
            return _fields[name];
        }

        if (isRequired)
        {
            Errors.Add(name, _fields.ContainsKey(name) ? "must not be null" : "is required");
        }

        return null;
    }
}
