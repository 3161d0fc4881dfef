using BillionHearts.Api.Platform.Errors;
using BillionHearts.Api.Uploads.Intake;
using BillionHearts.ServiceDefaults.Errors;
using Microsoft.AspNetCore.Connections;
using Microsoft.Net.Http.Headers;

namespace BillionHearts.Api.Uploads.Form;

/// <summary>The multipart format of an upload: its content type, its boundary, and its errors.</summary>
internal static class FormRequest
{
    public const string ContentType = "multipart/form-data";

    /// <summary>The maximum of RFC 2046.</summary>
    private const int MaxBoundaryLength = 70;

    public static bool IsForm(HttpRequest request) =>
        MediaTypeHeaderValue.TryParse(request.ContentType, out var type) && type.MediaType.Equals(ContentType, StringComparison.OrdinalIgnoreCase);

    public static Outcome<string> ReadBoundary(HttpRequest request)
    {
        var boundary = HeaderUtilities.RemoveQuotes(MediaTypeHeaderValue.Parse(request.ContentType).Boundary);

        return boundary.Length is 0 or > MaxBoundaryLength
            ? UploadProblems.MalformedForm($"the Content-Type must name a boundary of 1 to {MaxBoundaryLength} characters")
            : boundary.Value!;
    }

    /// <summary>For an exception filter: the refusal for an exception that reading the form threw.</summary>
    public static Problem? Explain(Exception exception) => exception switch
    {
        InvalidDataException => UploadProblems.MalformedForm("a part has too many or too long headers"),
        BadHttpRequestException or ConnectionResetException => null,
        IOException => UploadProblems.MalformedForm("it ends before its last boundary"),
        _ => null,
    };
}
