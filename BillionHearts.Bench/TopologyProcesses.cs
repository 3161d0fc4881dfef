using System.Globalization;
using BillionHearts.TestSupport.Processes;

namespace BillionHearts.Bench;

/// <summary>
/// The processor time of a running topology, by program, from <c>/proc</c> (Linux only). A program is all its processes: both replicas of the api, all
/// sessions of PostgreSQL. The time of a process that has ended stays in its parent's, so sums never shrink.
/// </summary>
internal sealed class TopologyProcesses
{
    private const string AppHost = "BillionHearts.AppHost";

    // Of the fields after the name: the parent; user and system time, own and of children that have ended.
    private const int Parent = 1;
    private static readonly int[] s_times = [11, 12, 13, 14];
    private static readonly double s_millisecondsPerTick = 1000.0 / 100; // USER_HZ, which is 100 on all machines that .NET runs on.

    private readonly int _appHost;

    private TopologyProcesses(int appHost) => _appHost = appHost;

    /// <exception cref="InvalidOperationException">Not exactly one topology runs on this machine.</exception>
    public static TopologyProcesses Find()
    {
        var running = All().Where(process => process.Program is AppHost).Select(process => process.Id).ToList();
        return running is [var one]
            ? new TopologyProcesses(one)
            : throw new InvalidOperationException($"{running.Count} topologies run on this machine. There must be one: start ./run, and nothing else, in another terminal.");
    }

    /// <returns>Milliseconds of processor time since the start of each program.</returns>
    public Dictionary<string, double> Milliseconds() =>
        Tree().GroupBy(process => NameOf(process.Program)).ToDictionary(group => group.Key, group => group.Sum(process => process.Milliseconds));

    /// <summary>Ends all processes of one program with SIGKILL. The AppHost starts it again.</summary>
    /// <returns>How many there were.</returns>
    public int Kill(string program) => Tree().Where(process => NameOf(process.Program) == program).Count(process => Signal.Send(process.Id, Signal.Kill));

    private List<OneProcess> Tree()
    {
        var all = All();
        var children = all.ToLookup(process => process.ParentId);
        List<OneProcess> found = [];
        // Aspire's orchestrator leaves the AppHost's tree on purpose, and names the AppHost as the process that it monitors.
        var open = new Stack<OneProcess>(all.Where(process => process.Id == _appHost || process.Arguments.Contains($"--monitor {_appHost} ", StringComparison.Ordinal)));

        while (open.TryPop(out var process))
        {
            found.Add(process);
            foreach (var child in children[process.Id])
            {
                open.Push(child);
            }
        }

        return found;
    }

    /// <returns>Megabytes of memory (RSS) of one program.</returns>
    public static double Megabytes(string program) => All()
        .Where(process => NameOf(process.Program) == program)
        .Sum(process => ResidentPages(process.Id) * Environment.SystemPageSize / 1e6);

    private static string NameOf(string program) => program switch
    {
        "postgres" or "postgres:" => "PostgreSQL",
        "beam.smp" or "erl_child_setup" or "inet_gethost" or "epmd" => "RabbitMQ",
        "nginx" or "nginx:" => "nginx",
        "node" => "Azurite",
        "Aspire.Dashboard" => "dashboard",
        AppHost or "dcp" => "AppHost and DCP",
        _ when program.StartsWith("BillionHearts.", StringComparison.Ordinal) => program["BillionHearts.".Length..].ToLowerInvariant(),
        _ => "other",
    };

    private static List<OneProcess> All() =>
        [.. Directory.EnumerateDirectories("/proc").Select(path => int.TryParse(Path.GetFileName(path), out var id) ? Read(id) : null).OfType<OneProcess>()];

    private static OneProcess? Read(int id)
    {
        try
        {
            var arguments = File.ReadAllText($"/proc/{id}/cmdline").Replace('\0', ' ');
            var stat = File.ReadAllText($"/proc/{id}/stat");
            // The name in parentheses may contain anything, so fields count from its end.
            var fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
            var time = s_times.Sum(field => long.Parse(fields[field], CultureInfo.InvariantCulture)) * s_millisecondsPerTick;
            return new OneProcess(id, int.Parse(fields[Parent], CultureInfo.InvariantCulture), Path.GetFileName(arguments.Split(' ')[0]), arguments, time);
        }
        catch (IOException)
        {
            // It has ended since the folder was listed.
            return null;
        }
    }

    private static long ResidentPages(int id)
    {
        try
        {
            return long.Parse(File.ReadAllText($"/proc/{id}/statm").Split(' ')[1], CultureInfo.InvariantCulture);
        }
        catch (IOException)
        {
            return 0;
        }
    }

    private sealed record OneProcess(int Id, int ParentId, string Program, string Arguments, double Milliseconds);
}
