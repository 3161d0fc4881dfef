using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;

namespace BillionHearts.Tests.Storage;

/// <summary>A test's own server on Node.js, from <c>artifacts/native</c>. It chooses its port and prints it.</summary>
internal sealed partial class NodeServer : IAsyncDisposable
{
    private readonly Process _process;

    private NodeServer(Process process) => _process = process;

    public int Port { get; private set; }

    /// <summary>Starts a script and waits for the line in which it names its port.</summary>
    public static async Task<NodeServer> StartAsync(
        string[] arguments, CancellationToken cancellationToken, params (string Name, string Value)[] environment)
    {
        var start = new ProcessStartInfo("node", arguments)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            // s3rver makes the tokens of its listings with DES, which Node takes from the legacy provider only.
            Environment = { ["NODE_PATH"] = Modules, ["NODE_OPTIONS"] = "--openssl-legacy-provider" },
        };

        foreach (var (name, value) in environment)
        {
            start.Environment[name] = value;
        }

        var server = new NodeServer(Process.Start(start)!);
        var errors = server._process.StandardError.ReadToEndAsync(cancellationToken);

        while (server.Port is 0)
        {
            var line = await server._process.StandardOutput.ReadLineAsync(cancellationToken)
                ?? throw new InvalidOperationException($"{string.Join(' ', arguments)} ended before it listened: {await errors}");
            server.Port = PortPattern().Match(line) is { Success: true } match ? int.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture) : 0;
        }

        _ = server._process.StandardOutput.ReadToEndAsync(CancellationToken.None);
        return server;
    }

    public static string Modules { get; } = Path.Join(Repository.Root, "artifacts", "native", "node_modules");

    /// <summary>Asks the server to stop, and waits until it has.</summary>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        Signal.Send(_process.Id, Signal.Terminate);
        await _process.WaitForExitAsync(cancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
    }

    // "listening 4711", and Azurite's "… successfully listens on http://127.0.0.1:4711".
    [GeneratedRegex(@"listen.*[ :](\d+)$")]
    private static partial Regex PortPattern();
}
