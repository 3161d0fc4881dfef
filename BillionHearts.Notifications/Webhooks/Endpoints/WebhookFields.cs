using System.Text.Json;
using BillionHearts.Notifications.Errors;
using BillionHearts.Notifications.Input;
using BillionHearts.ServiceDefaults.Errors;

namespace BillionHearts.Notifications.Webhooks.Endpoints;

/// <summary>The fields of a request that creates or changes a webhook. Null where a field was not sent.</summary>
internal sealed record WebhookFields(string? Url, string[]? Events, bool? IsEnabled)
{
    /// <summary>Leaves room for an address that is too long, so that it is refused as such.</summary>
    public const int MaxBodyBytes = 16 * 1024;

    public static async Task<(WebhookFields? Fields, Problem? Refusal)> ReadAsync(HttpRequest http, IReadOnlyList<string> names, CancellationToken cancellationToken)
    {
        // As a document, so that every faulty field is named, and not only the first.
        var (document, refusal) = await JsonBody.ReadAsync<JsonDocument>(http, cancellationToken, MaxBodyBytes);

        if (document is null)
        {
            return (null, refusal);
        }

        using (document)
        {
            return document.RootElement.ValueKind is JsonValueKind.Object
                ? Read(document.RootElement, names)
                : (null, Problems.MalformedJson("The body must be a JSON object."));
        }
    }

    private static (WebhookFields?, Problem?) Read(JsonElement json, IReadOnlyList<string> names)
    {
        Dictionary<string, string[]> errors = [];
        HashSet<string> seen = [];
        var fields = new WebhookFields(null, null, null);

        foreach (var property in json.EnumerateObject())
        {
            // A lone surrogate is legal JSON but no text: .NET throws when it is read.
            var name = TryRead(() => property.Name) ?? "(name)";

            if (!seen.Add(name))
            {
                errors[name] = ["appears more than once"];
            }
            else if (!names.Contains(name))
            {
                errors[Problems.Shorten(name)] = [$"is not a field of this request. The fields are {string.Join(", ", names)}"];
            }
            else if (property.Value.ValueKind is not JsonValueKind.Null)
            {
                fields = Add(fields, name, property.Value, errors);
            }
        }

        return errors.Count is 0 ? (fields, null) : (null, Problems.InvalidFields(errors));
    }

    private static WebhookFields Add(WebhookFields fields, string name, JsonElement value, Dictionary<string, string[]> errors)
    {
        switch (name)
        {
            case "url" when value.ValueKind is JsonValueKind.String && TryRead(value.GetString) is { } url:
                return fields with { Url = url };
            case "url":
                errors[name] = ["must be a string"];
                return fields;
            case "is_enabled" when value.ValueKind is JsonValueKind.True or JsonValueKind.False:
                return fields with { IsEnabled = value.GetBoolean() };
            case "is_enabled":
                errors[name] = ["must be true or false"];
                return fields;
            default:
                return fields with { Events = ReadEvents(name, value, errors) };
        }
    }

    private static string[] ReadEvents(string name, JsonElement value, Dictionary<string, string[]> errors)
    {
        if (value.ValueKind is not JsonValueKind.Array || value.GetArrayLength() is 0 || value.GetArrayLength() > WebhookEvents.Known.Count)
        {
            errors[name] = [$"must be an array of 1 to {WebhookEvents.Known.Count} types of events"];
            return [];
        }

        var types = value.EnumerateArray().Select(item => item.ValueKind is JsonValueKind.String ? TryRead(item.GetString) : null).ToList();

        foreach (var (index, type) in types.Index().Where(item => item.Item is null || !WebhookEvents.Known.Contains(item.Item)))
        {
            errors[$"{name}[{index}]"] = [$"must be one of {string.Join(", ", WebhookEvents.Known)}, not {(type is null ? "what was sent" : $"'{Problems.Shorten(type)}'")}"];
        }

        return [.. types.OfType<string>().Distinct()];
    }

    private static string? TryRead(Func<string?> read)
    {
        try
        {
            return read();
        }
        catch (InvalidOperationException)
        {
            return null;
        }
    }
}
