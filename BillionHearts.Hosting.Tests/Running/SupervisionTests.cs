using System.Diagnostics;
using BillionHearts.Hosting.ApplicationModel;
using BillionHearts.Hosting.Tests.Processes;

namespace BillionHearts.Hosting.Tests.Running;

public sealed class SupervisionTests : IAsyncDisposable
{
    private const string Forever = "exec sleep 600";

    private readonly ScriptApplication _scripts = new();

    [Fact]
    public async Task A_project_gets_its_arguments_its_environment_and_its_own_folder()
    {
        var it = _scripts.Add("it", "echo \"$1 $COLOUR\"; pwd").WithArgs("migrate").WithEnvironment("COLOUR", "red");
        await _scripts.StartAsync();
        await _scripts.UntilAsync("it", KnownResourceStates.Finished);

        var folder = Path.GetDirectoryName(it.Resource.Annotations.OfType<IProjectMetadata>().Single().ProjectPath)!;
        Assert.Equal(["migrate red", folder], _scripts.LogOf("it"));
    }

    [Fact]
    public async Task A_job_that_has_finished_lets_the_others_start_and_is_not_started_again()
    {
        var job = _scripts.Add("job", "exit 0");
        _scripts.Add("api", Forever).WaitForCompletion(job);
        await _scripts.StartAsync();

        await _scripts.UntilAsync("api", KnownResourceStates.Running);
        var ended = (await _scripts.UntilAsync("job", KnownResourceStates.Finished)).Snapshot;
        Assert.Equal((0, 0), (ended.ExitCode, ended.Restarts));
    }

    [Fact]
    public async Task A_job_that_fails_stops_its_dependents_with_one_sentence()
    {
        var job = _scripts.Add("migrations", "echo no such table >&2; exit 3");
        var api = _scripts.Add("api", Forever).WaitForCompletion(job);
        _scripts.Add("gateway", Forever).WaitFor(api);
        await _scripts.StartAsync();

        var failed = await _scripts.UntilAsync("api", KnownResourceStates.FailedToStart);
        Assert.Equal("'migrations' ended with exit code 3, not 0, and 'api' cannot do without it.", failed.Snapshot.Reason);
        var next = await _scripts.UntilAsync("gateway", KnownResourceStates.FailedToStart);
        Assert.Equal("'api' failed to start, and 'gateway' cannot do without it.", next.Snapshot.Reason);
        var told = await Assert.ThrowsAsync<DistributedApplicationException>(
            () => _scripts.App.ResourceNotifications.WaitForResourceHealthyAsync("api", TestContext.Current.CancellationToken));
        Assert.Contains("'migrations' ended with exit code 3", told.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_waiting_resource_says_what_it_waits_for()
    {
        var slow = _scripts.Add("slow", Forever);
        _scripts.Add("api", Forever).WaitForCompletion(slow);
        await _scripts.StartAsync();

        var waiting = await _scripts.UntilAsync("api", snapshot => snapshot.Reason is "Waiting for slow: not yet healthy" or "Waiting for slow: running");
        Assert.Equal(KnownResourceStates.Waiting, waiting.Snapshot.State?.Text);
    }

    [Fact]
    public async Task What_crashes_is_started_again_with_its_pauses_growing()
    {
        _scripts.Add("it", "exit 7");
        await _scripts.StartAsync();

        Assert.Equal("exit code 7; starts again in 0.5 s", (await _scripts.UntilAsync("it", KnownResourceStates.Exited)).Snapshot.Reason);
        var second = await _scripts.UntilAsync("it", snapshot => snapshot is { Restarts: 1, State.Text: "Exited" });
        Assert.Equal("exit code 7; starts again in 1 s", second.Snapshot.Reason);
    }

    [Fact]
    public async Task A_killed_project_comes_back_as_another_process()
    {
        _scripts.Add("it", Forever);
        await _scripts.StartAsync();
        var first = (await _scripts.UntilAsync("it", KnownResourceStates.Running)).Snapshot.ProcessId!.Value;

        using (var process = Process.GetProcessById(first))
        {
            process.Kill();
        }

        var crashed = await _scripts.UntilAsync("it", snapshot => snapshot.ExitCode is not null);
        Assert.Equal((137, null), (crashed.Snapshot.ExitCode, crashed.Snapshot.ProcessId));
        var second = await _scripts.UntilAsync("it", snapshot => snapshot.ProcessId is { } pid && pid != first);
        Assert.Equal((KnownResourceStates.Running, 1), (second.Snapshot.State?.Text, second.Snapshot.Restarts));
    }

    [Fact]
    public async Task What_is_stopped_stays_stopped_until_it_is_started()
    {
        _scripts.Add("it", "trap 'exit 5' TERM; echo up; while :; do sleep 0.05; done");
        await _scripts.StartAsync();
        await _scripts.UntilAsync("it", KnownResourceStates.Running);
        await Until.TrueAsync(() => _scripts.LogOf("it").Contains("up"), TimeSpan.FromSeconds(10));

        Assert.True((await _scripts.CommandAsync("it", KnownResourceCommands.StopCommand)).Success);
        var stopped = (await _scripts.UntilAsync("it", KnownResourceStates.Exited)).Snapshot;
        Assert.Equal(("stopped", 5), (stopped.Reason, stopped.ExitCode));
        Assert.Equal("'it' does not run.", (await _scripts.CommandAsync("it", KnownResourceCommands.StopCommand)).Message);

        Assert.True((await _scripts.CommandAsync("it", "resource-start")).Success);
        var running = (await _scripts.UntilAsync("it", KnownResourceStates.Running)).Snapshot;
        Assert.Equal((0, null), (running.Restarts, running.ExitCode));
        Assert.Equal("'it' is running already.", (await _scripts.CommandAsync("it", KnownResourceCommands.StartCommand)).Message);
    }

    [Fact]
    public async Task A_start_command_ends_the_pause_after_a_crash()
    {
        var marker = Path.GetTempFileName();
        _scripts.Add("it", $"[ -s {marker} ] && exec sleep 600; exit 1");
        await _scripts.StartAsync();
        await _scripts.UntilAsync("it", snapshot => snapshot is { Restarts: 3, State.Text: "Exited" });
        await File.WriteAllTextAsync(marker, "now", TestContext.Current.CancellationToken);

        var start = TimeProvider.System.GetTimestamp();
        Assert.True((await _scripts.CommandAsync("it", KnownResourceCommands.StartCommand)).Success);
        await _scripts.UntilAsync("it", KnownResourceStates.Running);
        File.Delete(marker);
        Assert.InRange(TimeProvider.System.GetElapsedTime(start), TimeSpan.Zero, TimeSpan.FromSeconds(3));
    }

    [Fact]
    public async Task A_command_for_a_resource_reaches_every_replica_and_one_for_a_replica_that_one()
    {
        _scripts.Add("api", Forever).WithReplicas(2);
        await _scripts.StartAsync();
        await _scripts.App.ResourceNotifications.WaitForResourceHealthyAsync("api", TestContext.Current.CancellationToken);

        await _scripts.CommandAsync("api-2", KnownResourceCommands.StopCommand);
        Assert.Equal(("Running", "Exited"), (StateOf("api-1"), StateOf("api-2")));
        await _scripts.CommandAsync("api", KnownResourceCommands.RestartCommand);
        await _scripts.App.ResourceNotifications.WaitForResourceAsync("api", KnownResourceStates.Running, TestContext.Current.CancellationToken);
        Assert.Equal(("Running", "Running"), (StateOf("api-1"), StateOf("api-2")));
    }

    [Fact]
    public async Task What_is_to_be_started_by_hand_waits_for_the_hand()
    {
        _scripts.Add("it", Forever).WithExplicitStart();
        _scripts.Add("other", Forever);
        await _scripts.StartAsync();
        await _scripts.UntilAsync("other", KnownResourceStates.Running);
        Assert.Equal("NotStarted", StateOf("it"));

        await _scripts.CommandAsync("it", KnownResourceCommands.StartCommand);
        await _scripts.UntilAsync("it", KnownResourceStates.Running);
    }

    [Fact]
    public async Task Dependents_are_gone_before_what_they_depend_on_is_asked_to_go()
    {
        var trace = Path.GetTempFileName();
        string Traced(string name) => $"trap 'sleep 0.2; echo {name} >> {trace}; exit 0' TERM; echo up; while :; do sleep 0.05; done";
        var server = _scripts.Add("server", Traced("server"));
        var api = _scripts.Add("api", Traced("api")).WaitFor(server);
        _scripts.Add("gateway", Traced("gateway")).WaitFor(api);
        await _scripts.StartAsync();
        await _scripts.UntilAsync("gateway", KnownResourceStates.Running);
        await Until.TrueAsync(() => _scripts.LogOf("gateway").Contains("up"), TimeSpan.FromSeconds(10));

        await _scripts.App.StopAsync(TestContext.Current.CancellationToken);

        Assert.Equal(["gateway", "api", "server"], await File.ReadAllLinesAsync(trace, TestContext.Current.CancellationToken));
        File.Delete(trace);
    }

    [Fact]
    public async Task What_does_not_stop_is_killed_in_time()
    {
        _scripts.Add("deaf", "trap '' TERM; echo up; while :; do sleep 0.05; done");
        await _scripts.StartAsync();
        var running = await _scripts.UntilAsync("deaf", KnownResourceStates.Running);
        await Until.TrueAsync(() => _scripts.LogOf("deaf").Contains("up"), TimeSpan.FromSeconds(10));

        var start = TimeProvider.System.GetTimestamp();
        await _scripts.App.StopAsync(TestContext.Current.CancellationToken);

        Assert.InRange(TimeProvider.System.GetElapsedTime(start), TimeSpan.Zero, TimeSpan.FromSeconds(10));
        Assert.Throws<ArgumentException>(() => Process.GetProcessById(running.Snapshot.ProcessId!.Value));
    }

    public ValueTask DisposeAsync() => _scripts.DisposeAsync();

    private string? StateOf(string instanceId) =>
        _scripts.App.ResourceNotifications.TryGetCurrentState(instanceId, out var current) ? current.Snapshot.State?.Text : null;
}
