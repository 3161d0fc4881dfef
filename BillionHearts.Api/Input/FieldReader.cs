using System.Globalization;
using System.Text.Json;
using BillionHearts.Api.Errors;

namespace BillionHearts.Api.Input;

/// <summary>
/// The fields of one flat JSON object. Each is taken once, by its name and with its rule; everything that is wrong is
/// collected, so that a caller learns of all of it at once. A field that failed reads as its type's default.
/// </summary>
internal sealed class FieldReader
{
    private const int MaxErrors = 32;

    private readonly Dictionary<string, JsonElement> _fields = [];
    private readonly Dictionary<string, List<string>> _errors = [];
    private readonly List<string> _known = [];

    public FieldReader(JsonElement json)
    {
        foreach (var property in json.EnumerateObject())
        {
            if (!TryGetText(() => property.Name, out var name))
            {
                Refuse("(name)", "is not valid Unicode text");
            }
            else if (!_fields.TryAdd(name, property.Value))
            {
                Refuse(name, "appears more than once");
            }
        }
    }

    /// <summary>Whether the field was sent with a value. Null counts as not sent, as it did in the original service.</summary>
    public bool Has(string name) => _fields.TryGetValue(name, out var value) && value.ValueKind is not JsonValueKind.Null;

    public bool HasAny => _fields.Keys.Any(Has);

    public long Integer(string name, long min, long max) => Required(name) ? OptionalInteger(name, min, max) ?? 0 : 0;

    public string Text(string name, int maxLength) => Required(name) ? OptionalText(name, maxLength) ?? "" : "";

    public long? OptionalInteger(string name, long min, long max)
    {
        if (Find(name) is not { } value)
        {
            return null;
        }

        if (value.ValueKind is not JsonValueKind.Number)
        {
            Refuse(name, $"must be an integer, not {Describe(value)}");
        }
        else if (!value.TryGetInt64(out var number))
        {
            Refuse(name, $"must be a whole number between {Format(min)} and {Format(max)}, not {Problems.Shorten(value.GetRawText())}");
        }
        else if (number < min || number > max)
        {
            Refuse(name, $"must be between {Format(min)} and {Format(max)}, not {Format(number)}");
        }
        else
        {
            return number;
        }

        return null;
    }

    /// <param name="maxLength">In UTF-16 units, as .NET, Java and JavaScript count.</param>
    public string? OptionalText(string name, int maxLength)
    {
        if (Find(name) is not { } value)
        {
            return null;
        }

        if (value.ValueKind is not JsonValueKind.String)
        {
            Refuse(name, $"must be a string, not {Describe(value)}");
        }
        else if (!TryGetText(() => value.GetString()!, out var text))
        {
            Refuse(name, "is not valid Unicode text");
        }
        else if (TextRules.Fault(text, maxLength) is { } fault)
        {
            Refuse(name, fault);
        }
        else
        {
            return text;
        }

        return null;
    }

    /// <summary>An array of strings, each with a rule; what is wrong with one is told under its index.</summary>
    public IReadOnlyList<string> Texts(string name, int maxCount, Func<string, string?> fault) =>
        [.. Items(name, maxCount).Select((item, index) => Item(item, $"{name}[{Format(index)}]", fault))];

    /// <summary>An array of ids.</summary>
    public IReadOnlyList<long> Integers(string name, int maxCount)
    {
        var ids = new List<long>();

        foreach (var (index, item) in Items(name, maxCount).Index())
        {
            if (item.ValueKind is JsonValueKind.Number && item.TryGetInt64(out var id) && id > 0)
            {
                ids.Add(id);
            }
            else
            {
                Refuse($"{name}[{Format(index)}]", $"must be a whole number between 1 and {Format(long.MaxValue)}, not {Problems.Shorten(item.GetRawText())}");
            }
        }

        return ids;
    }

    public void Refuse(string name, string sentence)
    {
        if (_errors.Count >= MaxErrors)
        {
            return;
        }

        name = Problems.Shorten(name);
        if (!_errors.TryGetValue(name, out var sentences))
        {
            _errors[name] = sentences = [];
        }

        sentences.Add(sentence);
    }

    /// <summary>What is wrong, fields that nobody took included; <see langword="null"/> when nothing is.</summary>
    public IReadOnlyDictionary<string, string[]>? Errors()
    {
        foreach (var unknown in _fields.Keys.Except(_known).ToList())
        {
            Refuse(unknown, $"is not a field of this request; it has {string.Join(", ", _known)}");
        }

        return _errors.Count is 0 ? null : _errors.ToDictionary(error => error.Key, error => error.Value.Distinct().ToArray());
    }

    public static string Describe(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Object => "an object",
        JsonValueKind.Array => "an array",
        JsonValueKind.String => "a string",
        JsonValueKind.Number => "a number",
        JsonValueKind.True => "true",
        JsonValueKind.False => "false",
        _ => "null",
    };

    /// <summary>The entries of a required array; none when it is not one, or has too many.</summary>
    private List<JsonElement> Items(string name, int maxCount)
    {
        if (!Required(name) || Find(name) is not { } array)
        {
            return [];
        }

        if (array.ValueKind is not JsonValueKind.Array)
        {
            Refuse(name, $"must be an array, not {Describe(array)}");
            return [];
        }

        if (array.GetArrayLength() > maxCount)
        {
            Refuse(name, $"must have at most {Format(maxCount)} entries, not {Format(array.GetArrayLength())}");
            return [];
        }

        return [.. array.EnumerateArray()];
    }

    private string Item(JsonElement item, string name, Func<string, string?> fault)
    {
        var text = "";

        if (item.ValueKind is not JsonValueKind.String)
        {
            Refuse(name, $"must be a string, not {Describe(item)}");
        }
        else if (!TryGetText(() => item.GetString()!, out text))
        {
            Refuse(name, "is not valid Unicode text");
        }
        else if (fault(text) is { } sentence)
        {
            Refuse(name, sentence);
        }

        return text;
    }

    private bool Required(string name)
    {
        if (_fields.TryGetValue(name, out var value) && value.ValueKind is not JsonValueKind.Null)
        {
            return true;
        }

        Know(name);
        Refuse(name, value.ValueKind is JsonValueKind.Null ? "must not be null" : "is required");
        return false;
    }

    private JsonElement? Find(string name)
    {
        Know(name);
        return Has(name) ? _fields[name] : null;
    }

    private void Know(string name)
    {
        if (!_known.Contains(name))
        {
            _known.Add(name);
        }
    }

    // A lone surrogate is legal JSON and no text: .NET throws when it is read.
    private static bool TryGetText(Func<string> read, out string text)
    {
        try
        {
            text = read();
            return true;
        }
        catch (InvalidOperationException)
        {
            text = "";
            return false;
        }
    }

    private static string Format(long number) => number.ToString(CultureInfo.InvariantCulture);
}
