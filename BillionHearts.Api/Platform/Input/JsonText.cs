using System.Text.Json;

namespace BillionHearts.Api.Platform.Input;

/// <summary>Describes JSON values in error texts, and reads strings that may not be valid text.</summary>
internal static class JsonText
{
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

    /// <summary>Reads a string. A lone surrogate is legal JSON but not text: .NET throws when it is read.</summary>
    public static bool TryRead(Func<string> read, out string text)
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
}
