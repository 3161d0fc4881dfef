using System.Globalization;

namespace BillionHearts.Api.Platform.Input;

/// <summary>Whole numbers as callers write them.</summary>
internal static class WholeNumber
{
    /// <summary>Digits only: no sign, no space. .NET itself also accepts NUL characters after the digits.</summary>
    public static bool TryParse(string? text, out long number)
    {
        number = 0;

        return text is not null && text.All(char.IsAsciiDigit) && long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number);
    }
}
