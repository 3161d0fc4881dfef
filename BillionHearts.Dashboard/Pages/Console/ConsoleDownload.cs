using BillionHearts.Dashboard.Orchestration;
using Microsoft.AspNetCore.Http.HttpResults;

namespace BillionHearts.Dashboard.Pages.Console;

internal static class ConsoleDownload
{
    /// <summary>The lines that are kept, without their colours.</summary>
    public static Results<FileContentHttpResult, NotFound> Download(string name, IServiceProvider services)
    {
        if (services.GetService<ResourceBoard>()?.Find(name) is not { } resource
            || services.GetRequiredService<ConsoleLogs>().Of(resource.Id) is not { } log)
        {
            return TypedResults.NotFound();
        }

        var text = string.Concat(log.Lines.Select(line => $"{line.Timestamp:O} {AnsiText.Strip(line.Text)}\n"));
        return TypedResults.File(System.Text.Encoding.UTF8.GetBytes(text), "text/plain; charset=utf-8", $"{resource.Id}.log");
    }
}
