using System.Globalization;
using System.Net.Http.Headers;
using System.Text;

namespace BillionHearts.Notifications.Webhooks.Sending;

/// <summary>Heads of requests and answers as text for the log.</summary>
/// <example>
/// <code>
/// HTTP/1.1 200 OK
/// Content-Type: text/plain
/// </code>
/// </example>
internal static class MessageHeads
{
    public const int MaxLength = 4096;

    public static string Of(HttpRequestMessage request) => Write(
        $"{request.Method} {request.RequestUri!.PathAndQuery} HTTP/{request.Version}\nHost: {request.RequestUri.Authority}", request.Headers, request.Content!.Headers);

    public static string Of(HttpResponseMessage response) => Write(
        string.Create(CultureInfo.InvariantCulture, $"HTTP/{response.Version} {(int)response.StatusCode} {response.ReasonPhrase}"), response.Headers, response.Content.Headers);

    private static string Write(string first, HttpHeaders headers, HttpHeaders contentHeaders)
    {
        var head = new StringBuilder(first);

        // As they came: some values are not what a parser for their header accepts.
        foreach (var (name, values) in headers.NonValidated.Concat(contentHeaders.NonValidated))
        {
            foreach (var value in values)
            {
                head.Append('\n').Append(name).Append(": ").Append(value);
            }

            if (head.Length > MaxLength)
            {
                head.Length = MaxLength - 1;
                head.Append('…');
                break;
            }
        }

        // Whoever reads the log must not be fooled by a terminal's control characters, and PostgreSQL refuses U+0000.
        for (var i = 0; i < head.Length; i++)
        {
            if ((char.IsControl(head[i]) && head[i] is not '\n') || char.IsSurrogate(head[i]))
            {
                head[i] = '?';
            }
        }

        return head.ToString();
    }
}
