using System.Diagnostics;
using System.Text.Json;

namespace BillionHearts.Tests.Distributed;

/// <summary>tus-js-client, the client that most applications upload with, in a process of its own (<c>tus-upload.cjs</c>).</summary>
internal sealed class TusJsClient : IAsyncDisposable
{
    private readonly Process _process;
    private readonly Task<string> _errors;

    private TusJsClient(Process process) => (_process, _errors) = (process, process.StandardError.ReadToEndAsync());

    /// <param name="task">See the script.</param>
    public static TusJsClient Start(object task)
    {
        var script = Path.Join(Repository.Root, "BillionHearts.Tests", "Distributed", "tus-upload.cjs");
        var start = new ProcessStartInfo("node", [script, JsonSerializer.Serialize(task)])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            Environment = { ["NODE_PATH"] = Path.Join(Repository.Root, "artifacts", "native", "node_modules") },
        };
        return new TusJsClient(Process.Start(start)!);
    }

    /// <summary>Reads what the client says until it says this.</summary>
    public async Task<JsonElement> UntilAsync(Func<JsonElement, bool> condition, CancellationToken cancellationToken)
    {
        var last = "nothing";

        while (await _process.StandardOutput.ReadLineAsync(cancellationToken) is { } line)
        {
            var said = JsonElement.Parse(line);
            if (condition(said))
            {
                return said;
            }

            last = line;
        }

        throw new InvalidOperationException($"The client ended after it had said {last}. {await _errors}");
    }

    public Task<JsonElement> UntilAsync(string what, CancellationToken cancellationToken) =>
        UntilAsync(said => said.GetProperty("event").GetString() == what, cancellationToken);

    /// <summary>Lets a client that has paused go on.</summary>
    public Task ContinueAsync() => _process.StandardInput.WriteLineAsync();

    public Task EndAsync(CancellationToken cancellationToken) => _process.WaitForExitAsync(cancellationToken);

    public async ValueTask DisposeAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
    }
}
