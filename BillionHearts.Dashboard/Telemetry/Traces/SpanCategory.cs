namespace BillionHearts.Dashboard.Telemetry.Traces;

/// <summary>What a span is about, by the semantic conventions it follows.</summary>
public enum SpanCategory : byte
{
    Other,
    Http,
    Database,
    Messaging,
    Rpc,
}

internal static class SpanCategories
{
    // Both names of a convention where it was renamed: instrumentation changes slower than the convention does.
    private static readonly Dictionary<string, SpanCategory> s_marks = new(StringComparer.Ordinal)
    {
        ["http.request.method"] = SpanCategory.Http,
        ["http.method"] = SpanCategory.Http,
        ["db.system.name"] = SpanCategory.Database,
        ["db.system"] = SpanCategory.Database,
        ["messaging.system"] = SpanCategory.Messaging,
        ["rpc.system.name"] = SpanCategory.Rpc,
        ["rpc.system"] = SpanCategory.Rpc,
    };

    public static SpanCategory Of(PackedText attributes)
    {
        foreach (var attribute in attributes)
        {
            if (s_marks.TryGetValue(attribute.Name, out var category))
            {
                return category;
            }
        }

        return SpanCategory.Other;
    }
}
