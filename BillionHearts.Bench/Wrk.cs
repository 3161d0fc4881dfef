using System.Diagnostics;
using System.Globalization;
using System.Text.Json;

namespace BillionHearts.Bench;

/// <summary>
/// <c>wrk</c> from Debian: a client in C that uses little of the two processors that it shares with the measured servers. A .NET client uses
/// more for a request than either side does.
/// </summary>
internal static class Wrk
{
    private static readonly string s_scripts = Path.Join(AppContext.BaseDirectory, "Peers");

    /// <summary>A closed loop of the calls of <c>metadata.lua</c>.</summary>
    /// <exception cref="InvalidOperationException">wrk is not installed, or a request failed.</exception>
    public static Task<WrkResult> RunAsync(Uri address, int connections, TimeSpan length, string call, string argument, CancellationToken cancellationToken) =>
        RunAsync(address, connections, length, "metadata.lua", [call, argument], cancellationToken);

    /// <summary>A closed loop of GET of one address: no Lua runs for a request.</summary>
    /// <exception cref="InvalidOperationException">wrk is not installed, or a request failed.</exception>
    public static Task<WrkResult> GetAsync(Uri address, int connections, TimeSpan length, CancellationToken cancellationToken) =>
        RunAsync(address, connections, length, "report.lua", [], cancellationToken);

    private static async Task<WrkResult> RunAsync(
        Uri address, int connections, TimeSpan length, string script, string[] arguments, CancellationToken cancellationToken)
    {
        var start = new ProcessStartInfo("wrk")
        {
            ArgumentList =
            {
                "--threads", "1", "--timeout", "30s", "--connections", $"{connections}", "--duration", string.Create(CultureInfo.InvariantCulture, $"{length.TotalSeconds:0}s"),
                "--script", Path.Join(s_scripts, script), $"{address}", "--",
            },
            RedirectStandardOutput = true,
        };

        foreach (var argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        using var process = Start(start);
        var output = await process.StandardOutput.ReadToEndAsync(cancellationToken);
        await process.WaitForExitAsync(cancellationToken);
        var line = output.Split('\n').LastOrDefault(line => line.StartsWith('{')) ?? throw new InvalidOperationException($"wrk printed no result:\n{output}");
        var result = JsonSerializer.Deserialize<WrkResult>(line, s_json)!;
        return result.Failed is 0 ? result : throw new InvalidOperationException($"{result.Failed} of {result.Count} requests failed:\n{output}");
    }

    private static readonly JsonSerializerOptions s_json = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };

    private static Process Start(ProcessStartInfo start)
    {
        try
        {
            return Process.Start(start)!;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            throw new InvalidOperationException("wrk is not installed: apt-get install --no-install-recommends wrk");
        }
    }
}

/// <param name="Bytes">All answers, including headers.</param>
/// <param name="DurationUs">In microseconds, as all times.</param>
internal sealed record WrkResult(long Count, long Bytes, long DurationUs, long Failed, long P50Us, long P90Us, long P99Us, long P999Us, long MaxUs)
{
    public double Rate => Count / (DurationUs / 1e6);
}
