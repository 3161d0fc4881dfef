using System.Globalization;
using BillionHearts.Api.Errors;
using BillionHearts.ServiceDefaults.Errors;

namespace BillionHearts.Api.Resumable;

/// <summary>Reads the headers whose value the protocol calls a non-negative integer.</summary>
internal static class TusNumber
{
    public static Problem? Read(IHeaderDictionary headers, string name, out long number)
    {
        number = 0;

        if (!headers.TryGetValue(name, out var values))
        {
            return TusProblems.Header(name, "is missing");
        }

        return long.TryParse(values.ToString(), NumberStyles.None, CultureInfo.InvariantCulture, out number)
            ? null
            : TusProblems.Header(name, $"must be a non-negative integer, not '{Problems.Shorten(values.ToString())}'");
    }
}
