using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.RegularExpressions;
using BillionHearts.Hosting.ApplicationModel;
using BillionHearts.Hosting.Processes;

namespace BillionHearts.Hosting.Status;

/// <summary>The two pages, without a script: they work in a text browser.</summary>
internal static partial class StatusHtml
{
    private const string Head = """
        <!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
        <meta http-equiv="refresh" content="2"><title>Billion Hearts</title><style>
        :root { color-scheme: light dark; font: 15px/1.5 system-ui, sans-serif } body { margin: 2rem auto; max-width: 76rem; padding: 0 1rem }
        table { border-collapse: collapse; width: 100% } th, td { text-align: left; padding: .45rem .8rem .45rem 0; border-bottom: 1px solid #8884; vertical-align: top }
        th { font-weight: 600 } .good { color: #2a8a3e } .bad { color: #c0392b } .wait { color: #b7791f } small { opacity: .7 } pre { white-space: pre-wrap; word-break: break-word }
        </style></head><body>
        """;

    public static string Overview(IReadOnlyList<ResourceEvent> resources)
    {
        var html = new StringBuilder(Head);
        html.Append("<h1>Billion Hearts</h1><table><thead><tr><th>Resource<th>State<th>Addresses<th>Process<th>Restarts<th></thead><tbody>");

        foreach (var current in resources)
        {
            var snapshot = current.Snapshot;
            html.Append(CultureInfo.InvariantCulture, $"<tr><td>{Text(current.ResourceId)}<br><small>{Text(snapshot.ResourceType)}</small>");
            html.Append(CultureInfo.InvariantCulture, $"<td class=\"{ClassOf(snapshot)}\">{Text(snapshot.State?.Text)}");
            html.Append(CultureInfo.InvariantCulture, $"{(snapshot.HealthStatus is { } health ? $", {Text(health.ToString().ToLowerInvariant())}" : null)}<br><small>{Text(ReasonOf(snapshot))}</small><td>");
            html.AppendJoin("<br>", snapshot.Urls.Select(url => $"<a href=\"{Text(url.Url)}\">{Text(url.DisplayName ?? url.Url)}</a>"));
            html.Append(CultureInfo.InvariantCulture, $"<td>{snapshot.ProcessId}<td>{(snapshot.Restarts is 0 ? null : snapshot.Restarts)}");
            html.Append(CultureInfo.InvariantCulture, $"<td>{(snapshot.ResourceType is "Parameter" ? null : $"<a href=\"/logs/{Text(current.ResourceId)}\">log</a>")}");
        }

        return html.Append("</tbody></table></body></html>").ToString();
    }

    public static string Log(string name, IReadOnlyList<LogLine> lines)
    {
        var html = new StringBuilder(Head);
        html.Append(CultureInfo.InvariantCulture, $"<p><a href=\"/\">All resources</a><h1>{Text(name)}</h1><pre>");

        // The newest first, so that a page that loads itself again needs no scrolling.
        foreach (var line in lines.Reverse())
        {
            var text = Text(Ansi().Replace(line.Text, string.Empty));
            html.Append(CultureInfo.InvariantCulture, $"<small>{line.Timestamp:HH:mm:ss.fff}</small> {(line.IsError ? $"<span class=\"bad\">{text}</span>" : text)}\n");
        }

        return html.Append("</pre></body></html>").ToString();
    }

    private static string? ReasonOf(CustomResourceSnapshot snapshot) =>
        snapshot.Reason ?? snapshot.HealthReports.FirstOrDefault(report => report.Description is not null)?.Description;

    private static string ClassOf(CustomResourceSnapshot snapshot) => snapshot switch
    {
        { IsReady: true } or { State.Text: "Finished" } => "good",
        { State.Text: "FailedToStart" or "Exited" } => "bad",
        _ => "wait",
    };

    private static string Text(string? text) => HtmlEncoder.Default.Encode(text ?? string.Empty);

    // ESC [ 3 1 m: colours and cursor movements.
    [GeneratedRegex("\u001b\\[[0-9;?]*[A-Za-z]")]
    private static partial Regex Ansi();
}
