using System.Diagnostics;
using System.Globalization;
using BillionHearts.Hosting.Processes;

namespace BillionHearts.Hosting.Tests.Processes;

public sealed class HostWatchdogTests : IDisposable
{
    // Eight seconds of grace, and what a loaded machine adds.
    private static readonly TimeSpan s_soon = TimeSpan.FromSeconds(30);

    private readonly string _folder = Directory.CreateTempSubdirectory("watchdog-").FullName;

    public void Dispose()
    {
        if (Directory.Exists(_folder))
        {
            Directory.Delete(_folder, recursive: true);
        }

        File.Delete($"{_folder}.asked");
    }

    [Fact]
    public async Task Nothing_outlives_a_host_that_is_killed()
    {
        await using var host = await DoomedHost.StartAsync("shells", _folder);
        string[] names = ["obedient ", "grandchild ", "stubborn ", "runaway "];
        var ids = await Task.WhenAll(names.Select(async name => int.Parse(await host.SaidAsync(name), CultureInfo.InvariantCulture)));
        await File.WriteAllTextAsync(Path.Combine(_folder, "left"), "over", TestContext.Current.CancellationToken);
        Assert.All(ids, id => Assert.True(ProcessTable.IsRunning(id)));
        var watchdog = Assert.Single(ProcessTable.ChildrenOf(host.Id), id => ProcessTable.CommandOf(id).Contains("HostWatchdog.cs", StringComparison.Ordinal));

        await host.KillAsync();

        await Until.TrueAsync(() => ids.All(id => !ProcessTable.IsRunning(id)), s_soon);
        await Until.TrueAsync(() => !ProcessTable.IsRunning(watchdog), s_soon);
        Assert.Empty(ProcessTable.MarkedBy(host.Mark));
        Assert.False(Directory.Exists(_folder));
        Assert.Contains("asked", await File.ReadAllLinesAsync($"{_folder}.asked", TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task A_host_that_stopped_everything_leaves_a_watchdog_that_ends_at_once()
    {
        await using var host = await DoomedHost.StartAsync("orderly");
        var watchdog = Assert.Single(ProcessTable.ChildrenOf(host.Id), id => ProcessTable.CommandOf(id).Contains("HostWatchdog.cs", StringComparison.Ordinal));
        var start = TimeProvider.System.GetTimestamp();

        await host.KillAsync();
        await Until.TrueAsync(() => !ProcessTable.IsRunning(watchdog), s_soon);

        // Well below the eight seconds it would give something to end.
        Assert.InRange(TimeProvider.System.GetElapsedTime(start), TimeSpan.Zero, TimeSpan.FromSeconds(4));
    }

    [Fact]
    public async Task A_reused_pid_is_left_alone()
    {
        await using var bystander = await Shell.StartAsync("exec sleep 600");
        await using var culprit = await Shell.StartAsync("trap '' TERM; sleep 600; sleep 600");
        var ticks = Posix.StartTicks(bystander.Child.Id)!.Value;

        await RunScriptAsync(
            $"watch {bystander.Child.Id} {ticks - 1} 15",
            $"watch {culprit.Child.Id} {Posix.StartTicks(culprit.Child.Id)} 15");

        Assert.Equal(137, await culprit.Child.Exited);
        Assert.True(ProcessTable.IsRunning(bystander.Child.Id));
    }

    [Fact]
    public async Task What_was_withdrawn_is_left_alone()
    {
        await using var bystander = await Shell.StartAsync("exec sleep 600");
        var nested = Directory.CreateDirectory(Path.Combine(_folder, "a b")).FullName;
        var gone = Directory.CreateDirectory(Path.Combine(_folder, "a")).FullName;

        await RunScriptAsync(
            $"watch {bystander.Child.Id} {Posix.StartTicks(bystander.Child.Id)} 15",
            $"folder {nested}",
            $"folder {gone}",
            $"forget {bystander.Child.Id}",
            $"keep {nested}");

        Assert.True(ProcessTable.IsRunning(bystander.Child.Id));
        Assert.Equal([nested], Directory.GetDirectories(_folder));
    }

    [Theory]
    [InlineData("/")]
    [InlineData("/tmp/a\nb")]
    public void A_folder_that_cannot_be_meant_is_refused(string folder) => Assert.Throws<ArgumentException>(() => HostWatchdog.WatchFolder(folder));

    private static async Task RunScriptAsync(params string[] lines)
    {
        using var resource = typeof(HostWatchdog).Assembly.GetManifestResourceStream("watchdog.sh")!;
        using var script = new StreamReader(resource);
        var text = await script.ReadToEndAsync(TestContext.Current.CancellationToken);
        using var watchdog = Process.Start(new ProcessStartInfo("/bin/sh", ["-c", text, "watchdog", "NO_SUCH_MARK=1"]) { RedirectStandardInput = true })!;

        foreach (var line in lines)
        {
            await watchdog.StandardInput.WriteLineAsync(line);
        }

        watchdog.StandardInput.Close();
        await watchdog.WaitForExitAsync(TestContext.Current.CancellationToken);
    }
}
