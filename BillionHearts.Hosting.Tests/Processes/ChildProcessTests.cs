using BillionHearts.Hosting.Processes;

namespace BillionHearts.Hosting.Tests.Processes;

public sealed class ChildProcessTests
{
    private static readonly TimeSpan s_soon = TimeSpan.FromSeconds(20);

    [Fact]
    public async Task The_pid_is_the_program_itself_in_a_session_of_its_own()
    {
        await using var shell = await Shell.StartAsync(new ProcessSpec { FileName = "/bin/sleep", Arguments = ["600"], WorkingDirectory = "/tmp" });
        var id = shell.Child.Id;

        await Until.TrueAsync(() => File.ResolveLinkTarget($"/proc/{id}/exe", true)?.Name is "sleep", s_soon);

        Assert.Equal((id, id), ProcessTable.GroupOf(id));
        Assert.Equal("/tmp", new DirectoryInfo($"/proc/{id}/cwd").LinkTarget);
    }

    [Fact]
    public async Task Lines_of_both_streams_are_passed_on_even_without_a_line_end()
    {
        await using var shell = await Shell.StartAsync("echo one; echo 'two  ' >&2; printf 'three\\r\\n'; printf four");

        Assert.Equal(0, await shell.Child.Exited);
        Assert.Equal(["four", "one", "three", "two  "], shell.Lines.Order(StringComparer.Ordinal));
        Assert.Equal(["two  "], shell.Errors);
    }

    [Theory]
    [InlineData("exit 7", 7)]
    [InlineData("kill -9 $$", 137)]
    [InlineData("kill -TERM $$", 143)]
    public async Task The_exit_code_tells_a_signal_from_an_exit(string script, int exitCode)
    {
        await using var shell = await Shell.StartAsync(script);

        Assert.Equal(exitCode, await shell.Child.Exited);
    }

    [Fact]
    public async Task An_ended_child_is_reaped()
    {
        await using var shell = await Shell.StartAsync("exit 0");

        await shell.Child.Exited;

        Assert.False(Directory.Exists($"/proc/{shell.Child.Id}"));
    }

    [Theory]
    [InlineData((int)StopSignal.Interrupt, "INT")]
    [InlineData((int)StopSignal.Quit, "QUIT")]
    [InlineData((int)StopSignal.Terminate, "TERM")]
    public async Task Stopping_twice_sends_the_signal_of_the_spec_once(int signal, string name)
    {
        var script = $"trap 'echo got {name}' {name}; echo ready; sleep 1 & wait $!; wait $!; exit 5";
        await using var shell = await Shell.StartAsync(Shell.Spec(script) with { StopSignal = (StopSignal)signal });
        await shell.SaidAsync("ready");

        await Task.WhenAll(shell.Child.StopAsync(CancellationToken.None), shell.Child.StopAsync(CancellationToken.None));

        Assert.Equal(5, await shell.Child.Exited);
        Assert.Single(shell.Lines, $"got {name}");
    }

    [Fact]
    public async Task A_child_that_ignores_its_stop_signal_is_killed_with_all_it_started()
    {
        var spec = Shell.Spec("trap '' TERM; sleep 600 & echo child $!; wait; sleep 600") with { StopTimeout = TimeSpan.FromMilliseconds(300) };
        await using var shell = await Shell.StartAsync(spec);
        var grandchild = int.Parse(await shell.SaidAsync("child "));

        await shell.Child.StopAsync(CancellationToken.None);

        Assert.Equal(137, await shell.Child.Exited);
        await Until.TrueAsync(() => !ProcessTable.IsRunning(grandchild), s_soon);
    }

    [Fact]
    public async Task Cancelling_a_stop_kills_at_once()
    {
        await using var shell = await Shell.StartAsync(Shell.Spec("trap '' TERM; echo ready; sleep 600; sleep 600") with { StopTimeout = TimeSpan.FromMinutes(10) });
        await shell.SaidAsync("ready");
        using var cancel = new CancellationTokenSource();

        var stopping = shell.Child.StopAsync(cancel.Token);
        await cancel.CancelAsync();
        await stopping;

        Assert.Equal(137, await shell.Child.Exited);
    }

    [Fact]
    public async Task A_paused_child_still_stops_in_order()
    {
        await using var shell = await Shell.StartAsync("trap 'echo bye; exit 3' TERM; echo ready; kill -STOP $$; while :; do sleep 0.05; done");
        await shell.SaidAsync("ready");

        await shell.Child.StopAsync(CancellationToken.None);

        Assert.Equal(3, await shell.Child.Exited);
        Assert.Contains("bye", shell.Lines);
    }

    [Fact]
    public async Task What_a_crashed_child_leaves_behind_is_ended()
    {
        await using var shell = await Shell.StartAsync("sleep 600 & echo child $!; wait");
        var grandchild = int.Parse(await shell.SaidAsync("child "));

        Posix.Signal(shell.Child.Id, Posix.Kill);

        Assert.Equal(137, await shell.Child.Exited);
        await Until.TrueAsync(() => !ProcessTable.IsRunning(grandchild), s_soon);
    }

    [Fact]
    public async Task A_companion_is_there_before_and_until_after()
    {
        var companion = Shell.Spec("trap 'echo companion stops; exit' TERM; echo companion $$; while :; do sleep 0.05; done");
        await using var shell = await Shell.StartAsync(
            Shell.Spec("trap 'echo child stops; exit' TERM; echo child; while :; do sleep 0.05; done") with { Companion = companion });
        var companionId = int.Parse(await shell.SaidAsync("companion "));
        await shell.SaidAsync("child");

        await shell.Child.StopAsync(CancellationToken.None);

        Assert.Equal(["child stops", "companion stops"], shell.Lines.Where(line => line.EndsWith("stops", StringComparison.Ordinal)));
        Assert.False(ProcessTable.IsRunning(companionId));
    }

    [Fact]
    public async Task A_companion_does_not_outlive_a_crash()
    {
        await using var shell = await Shell.StartAsync(Shell.Spec("exit 4") with { Companion = Shell.Spec("echo companion $$; exec sleep 600") });

        Assert.Equal(4, await shell.Child.Exited);
        Assert.DoesNotContain(shell.Lines, line => line.StartsWith("companion ", StringComparison.Ordinal) && ProcessTable.IsRunning(int.Parse(line[10..])));
    }

    [Fact]
    public async Task Variables_reach_the_child_whatever_their_names()
    {
        var spec = new ProcessSpec
        {
            FileName = "/usr/bin/env",
            Environment = new Dictionary<string, string> { ["services__my-api__http__0"] = "http://localhost:1", ["Logging__LogLevel__A.B"] = "x y" },
            ClearEnvironment = true,
            WorkingDirectory = "/",
        };
        await using var shell = await Shell.StartAsync(spec);
        await shell.Child.Exited;

        Assert.Equal(
            [$"BILLIONHEARTS_HOST={HostWatchdog.Mark}", "Logging__LogLevel__A.B=x y", "services__my-api__http__0=http://localhost:1"],
            shell.Lines.Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task A_child_reads_its_input_and_then_the_end()
    {
        await using var shell = await Shell.StartAsync(Shell.Spec("cat; echo end") with { Input = "hello\n" });
        await shell.Child.Exited;

        Assert.Equal(["hello", "end"], shell.Lines);
    }

    [Fact]
    public async Task Dropping_privileges_changes_root_and_nobody_else()
    {
        await using var shell = await Shell.StartAsync(Shell.Spec("id -u; id -G; echo by name >/dev/stdout") with { DropPrivileges = true });

        Assert.Equal(0, await shell.Child.Exited);
        Assert.Equal(Environment.IsPrivilegedProcess, shell.Lines[0] == UnprivilegedAccount.Ids.UserId);
        Assert.Equal("by name", shell.Lines[^1]);
        Assert.NotEqual("0", shell.Lines[0]);
    }

    [Fact]
    public async Task A_missing_program_is_one_sentence_that_says_where_it_comes_from()
    {
        var spec = new ProcessSpec { FileName = "/nowhere/nginx", WorkingDirectory = "/" };

        var refusal = await Assert.ThrowsAsync<DistributedApplicationException>(
            () => ChildProcess.StartAsync(spec, (_, _) => { }, TestContext.Current.CancellationToken));

        Assert.Equal("The executable '/nowhere/nginx' does not exist. It comes with the Debian package 'nginx'; running ./run once installs it.", refusal.Message);
    }

    [Fact]
    public async Task A_missing_working_directory_is_one_sentence()
    {
        var refusal = await Assert.ThrowsAsync<DistributedApplicationException>(
            () => ChildProcess.StartAsync(Shell.Spec("exit") with { WorkingDirectory = "/nowhere" }, (_, _) => { }, TestContext.Current.CancellationToken));

        Assert.Equal("The working directory '/nowhere' of '/bin/sh' does not exist.", refusal.Message);
    }
}
