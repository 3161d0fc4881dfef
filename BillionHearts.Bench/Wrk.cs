using System.Diagnostics;
using System.Globalization;
using System.Text.Json;

namespace BillionHearts.Bench;

/// <summary>
/// <c>wrk</c>, Debian's: a client in C that takes little of the two processors which it shares with what it measures. A client on .NET takes
/// more for a request than either side does.
/// </summary>
internal static class Wrk
{
    private static readonly string s_scripts = Path.Join(AppContext.BaseDirectory, "Peers");

    /// <summary>A closed loop over so many connections, of the calls of <c>metadata.lua</c>.</summary>
    /// <exception cref="InvalidOperationException">wrk is not installed, or a request failed.</exception>
    public static Task<WrkResult> RunAsync(Uri address, int connections, TimeSpan length, string call, string argument, CancellationToken cancellationToken) =>
        RunAsync(address, connections, length, "metadata.lua", [call, argument], cancellationToken);

    /// <summary>A closed loop over so many connections, of GET of one address: nothing runs for a request but wrk's own C.</summary>
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
        var line = output.Split('\n').LastOrDefault(line => line.StartsWith('{')) ?? throw new InvalidOperationException($"wrk said no result:\n{output}");
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

/// <param name="Bytes">Of all answers, headers included.</param>
/// <param name="DurationUs">Microseconds, as all of them.</param>
internal sealed record WrkResult(long Count, long Bytes, long DurationUs, long Failed, long P50Us, long P90Us, long P99Us, long P999Us, long MaxUs)
{
    public double Rate => Count / (DurationUs / 1e6);
}
