using System.Collections.Concurrent;
using BillionHearts.Hosting.Processes;
using BillionHearts.Hosting.Servers;
using BillionHearts.Hosting.Tests.Processes;

namespace BillionHearts.Hosting.Tests.Servers;

/// <summary>One native server under test: its private folder, its description and the process that runs.</summary>
internal sealed class NativeServer : IAsyncDisposable
{
    private readonly ConcurrentQueue<string> _lines = new();
    private readonly INativeServer _server;
    private ChildProcess? _child;

    public NativeServer(string image)
    {
        _server = NativeServers.All.Single(server => server.Images.Contains(image));
        Folder = Directory.CreateTempSubdirectory("native-").FullName;
        // The unprivileged account has to get through.
        File.SetUnixFileMode(Folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute | UnixFileMode.OtherExecute);
        Port = LoopbackPorts.Take();
    }

    public string Folder { get; }

    public int Port { get; }

    public Dictionary<string, IReadOnlyList<string>> Environment { get; } = [];

    public List<string> Arguments { get; } = [];

    public List<NativeMount> Mounts { get; } = [];

    public List<NativeEndpoint> Endpoints { get; } = [];

    public ChildProcess Child => _child ?? throw new InvalidOperationException("It was never started.");

    public ProcessSpec Spec { get; private set; } = null!;

    public string[] Lines => [.. _lines];

    /// <summary>Where <c>npm ci</c> put them: <c>artifacts/native</c> of the repository that this test is built from.</summary>
    public static string ToolsPath { get; } = FindTools();

    public NativeServer With(string variable, params string[] values)
    {
        Environment[variable] = values;
        return this;
    }

    /// <summary>A named volume: a folder that stays, whatever happens to the process.</summary>
    public NativeServer WithVolume(string target)
    {
        Mounts.Add(new NativeMount(Path.Combine(Folder, "volume"), target, IsReadOnly: false));
        return this;
    }

    public NativeServer WithEndpoint(int containerPort, int? port = null)
    {
        Endpoints.Add(new NativeEndpoint($"p{containerPort}", containerPort, port ?? Port));
        return this;
    }

    public NativeServer WithArguments(params string[] arguments)
    {
        Arguments.AddRange(arguments);
        return this;
    }

    public Task<ProcessSpec> PrepareAsync() => _server.PrepareAsync(
        new NativeServerContext
        {
            ResourceName = "it",
            DataPath = Directory.CreateDirectory(Path.Combine(Folder, "private")).FullName,
            NativeToolsPath = ToolsPath,
            Environment = Environment,
            Arguments = Arguments,
            Mounts = Mounts,
            Endpoints = Endpoints,
            Log = _lines.Enqueue,
        },
        TestContext.Current.CancellationToken);

    public async Task StartAsync()
    {
        Spec = await PrepareAsync();
        _child = await ChildProcess.StartAsync(Spec, (line, _) => _lines.Enqueue(line), TestContext.Current.CancellationToken);
    }

    /// <summary>Starts, and waits until a client succeeds.</summary>
    public async Task StartAsync(Func<Task> client)
    {
        await StartAsync();
        var start = TimeProvider.System.GetTimestamp();
        Exception? last = null;

        while (!Child.Exited.IsCompleted && TimeProvider.System.GetElapsedTime(start) < TimeSpan.FromSeconds(90))
        {
            try
            {
                await client();
                TestContext.Current.TestOutputHelper?.WriteLine($"ready after {TimeProvider.System.GetElapsedTime(start).TotalSeconds:F2} s");
                return;
            }
            catch (Exception exception) when (exception is not OperationCanceledException)
            {
                last = exception;
                await Task.Delay(TimeSpan.FromMilliseconds(50), TestContext.Current.CancellationToken);
            }
        }

        Assert.Fail($"It does not serve: {last?.Message}\n{string.Join('\n', _lines.TakeLast(30))}");
    }

    /// <summary>Kills the process as an out-of-memory killer would.</summary>
    public async Task KillAsync()
    {
        Posix.Signal(Child.Id, Posix.Kill);
        Assert.Equal(137, await Child.Exited.WaitAsync(TestContext.Current.CancellationToken));
    }

    /// <summary>Stops in order: by its own signal, inside its own limit.</summary>
    public async Task<int> StopAsync()
    {
        var start = TimeProvider.System.GetTimestamp();
        await Child.StopAsync(TestContext.Current.CancellationToken);
        TestContext.Current.TestOutputHelper?.WriteLine($"stopped after {TimeProvider.System.GetElapsedTime(start).TotalSeconds:F2} s");
        Assert.Empty(ProcessTable.MembersOf(Child.Id));
        return await Child.Exited;
    }

    public async ValueTask DisposeAsync()
    {
        if (_child is not null)
        {
            await _child.DisposeAsync();
        }

        Directory.Delete(Folder, recursive: true);
    }

    private static string FindTools()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (Directory.Exists(Path.Combine(folder.FullName, "artifacts/native/node_modules")))
            {
                return Path.Combine(folder.FullName, "artifacts/native");
            }
        }

        throw new DirectoryNotFoundException("There is no artifacts/native/node_modules above the test: ./run installs it.");
    }
}
