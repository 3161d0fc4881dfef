using BillionHearts.Api.Platform.Errors;
using BillionHearts.Api.Platform.Input;
using BillionHearts.ServiceDefaults.Errors;

namespace BillionHearts.Api.Uploads.Resumable;

/// <summary>Reads a header whose value is a non-negative integer.</summary>
internal static class TusNumber
{
    public static Problem? Read(IHeaderDictionary headers, string name, out long number)
    {
        number = 0;

        if (!headers.TryGetValue(name, out var values))
        {
            return TusProblems.Header(name, "is missing");
        }

        return WholeNumber.TryParse(values.ToString(), out number)
            ? null
            : TusProblems.Header(name, $"must be a non-negative integer, not '{Problems.Shorten(values.ToString())}'");
    }
}
