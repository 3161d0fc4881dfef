using BillionHearts.Hosting.Servers;
using BillionHearts.Hosting.Tests.Processes;

namespace BillionHearts.Hosting.Tests.Servers;

/// <summary>One container under test: its description, its folders, and the launcher that runs it.</summary>
internal sealed class NativeServer : IAsyncDisposable
{
    private static readonly TimeSpan s_startLimit = TimeSpan.FromSeconds(90);
    private static readonly TimeSpan s_shortestPause = TimeSpan.FromMilliseconds(1);

    private readonly string _image;
    private readonly Dictionary<string, string> _environment = [];
    private readonly Dictionary<string, string> _host = [];
    private readonly List<string> _arguments = [];
    private readonly List<MountedPath> _mounts = [];
    private readonly List<ListeningPort> _endpoints = [];
    private LaunchedProgram? _program;

    public NativeServer(string image)
    {
        _image = image;
        Folder = Directory.CreateTempSubdirectory("native-").FullName;
        // The unprivileged account must be able to enter the folder.
        File.SetUnixFileMode(Folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute | UnixFileMode.OtherExecute);
        Port = LoopbackPorts.Take();
    }

    public string Folder { get; }

    public int Port { get; }

    /// <summary>Where <c>npm ci</c> put the servers.</summary>
    public string ToolsPath { get; init; } = Path.Combine(Repository.Root, "artifacts/native");

    public LaunchedProgram Program => _program ?? throw new InvalidOperationException("It was never started.");

    public NativeServer With(string variable, string value)
    {
        _environment[variable] = value;
        return this;
    }

    /// <summary>A variable of the launcher that is not passed to the container.</summary>
    public NativeServer WithHost(string variable, string value)
    {
        _host[variable] = value;
        return this;
    }

    /// <summary>A named volume: a folder that stays, whatever happens to the process.</summary>
    public NativeServer WithVolume(string target) => WithMount(Path.Combine(Folder, "volume"), target);

    public NativeServer WithMount(string source, string target)
    {
        _mounts.Add(new MountedPath(source, target, IsReadOnly: false));
        return this;
    }

    public NativeServer WithEndpoint(int containerPort, int? port = null)
    {
        _endpoints.RemoveAll(endpoint => endpoint.ContainerPort == containerPort);
        _endpoints.Add(new ListeningPort($"p{containerPort}", containerPort, port ?? Port));
        return this;
    }

    public NativeServer WithArguments(params string[] arguments)
    {
        _arguments.AddRange(arguments);
        return this;
    }

    /// <summary>Starts, and waits until a client succeeds.</summary>
    public async Task StartAsync(Func<Task> client)
    {
        _program = Launch();
        var start = TimeProvider.System.GetTimestamp();

        try
        {
            await Eventually.SucceedsAsync(
                cancel => client().WaitAsync(cancel), hasEnded: () => _program.Exited.IsCompleted, s_startLimit, TestContext.Current.CancellationToken);
        }
        catch (TimeoutException exception)
        {
            Assert.Fail($"It does not serve: {exception.Message}\n{string.Join('\n', _program.Lines.TakeLast(30))}");
        }

        TestContext.Current.TestOutputHelper?.WriteLine($"ready after {TimeProvider.System.GetElapsedTime(start).TotalSeconds:F2} s");
    }

    /// <summary>Starts, and waits for a moment long before it serves.</summary>
    public Task LaunchAsync(Func<LaunchedProgram, bool> moment)
    {
        var program = _program = Launch();
        return Eventually.ReadAsync(
            _ => Task.FromResult(program.Exited.IsCompleted || moment(program)),
            until: isOver => isOver,
            s_startLimit,
            pause: s_shortestPause,
            TestContext.Current.CancellationToken);
    }

    /// <summary>Starts a launcher that refuses to start; another server may be running.</summary>
    /// <returns>The one sentence that it writes.</returns>
    public async Task<string> RefusalAsync()
    {
        await using var program = Launch();

        Assert.Equal(1, await program.Exited);
        return Assert.Single(program.Errors);
    }

    /// <summary>Kills the server as an out-of-memory killer would; its shell says so by its exit code.</summary>
    public async Task KillAsync()
    {
        Signal.Send(Program.ServerId, Signal.Kill);
        Assert.Equal(137, await Program.Exited.WaitAsync(TestContext.Current.CancellationToken));
    }

    /// <returns>The exit code of an orderly stop.</returns>
    public async Task<int> StopAsync()
    {
        var start = TimeProvider.System.GetTimestamp();
        var code = await Program.StopAsync();
        TestContext.Current.TestOutputHelper?.WriteLine($"stopped after {TimeProvider.System.GetElapsedTime(start).TotalSeconds:F2} s");
        return code;
    }

    public async ValueTask DisposeAsync()
    {
        if (_program is not null)
        {
            await _program.DisposeAsync();
        }

        Directory.Delete(Folder, recursive: true);
    }

    private LaunchedProgram Launch()
    {
        var description = new ContainerDescription
        {
            Name = "it",
            Image = _image,
            DataPath = Path.Combine(Folder, "private"),
            ToolsPath = ToolsPath,
            SecretsPath = Path.Combine(Folder, "secrets.json"),
            Variables = [.. _environment.Keys],
            Mounts = _mounts,
            Endpoints = _endpoints,
        };

        var environment = _environment.Concat(_host).Append(new(ContainerDescription.Variable, description.ToJson())).ToDictionary();
        return new LaunchedProgram(environment, _arguments);
    }
}
