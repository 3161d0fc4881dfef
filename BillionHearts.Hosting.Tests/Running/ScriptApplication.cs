using BillionHearts.Hosting.ApplicationModel;
using BillionHearts.Hosting.Orchestration;
using BillionHearts.Hosting.Testing;
using Microsoft.Extensions.DependencyInjection;

namespace BillionHearts.Hosting.Tests.Running;

/// <summary>An application whose projects are shell scripts: real processes that do what a test needs.</summary>
internal sealed class ScriptApplication : IAsyncDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("scripts-").FullName;
    private DistributedApplication? _app;

    public IDistributedApplicationTestingBuilder Builder { get; } = DistributedApplicationTestingBuilder.Create();

    public DistributedApplication App => _app ?? throw new InvalidOperationException("It was never started.");

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    /// <summary>A project whose build is this script; it is called with the project's arguments, in its folder.</summary>
    public IResourceBuilder<ProjectResource> Add(string name, string script)
    {
        var project = new ScriptProject(Directory.CreateDirectory(Path.Combine(_folder, name)).FullName);
        File.WriteAllText(project.AssemblyPath, string.Empty);
        var apphost = Path.ChangeExtension(project.AssemblyPath, null);
        File.WriteAllText(apphost, $"#!/bin/sh\n{script}\n");
        File.SetUnixFileMode(apphost, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        return Builder.AddResource(new ProjectResource(name)).WithAnnotation<IProjectMetadata>(project);
    }

    public async Task StartAsync()
    {
        _app = await Builder.BuildAsync(Cancel);
        await _app.StartAsync(Cancel);
    }

    public Task<ResourceEvent> UntilAsync(string name, Func<CustomResourceSnapshot, bool> condition) =>
        App.ResourceNotifications.WaitForResourceAsync(name, update => condition(update.Snapshot), Cancel).WaitAsync(TimeSpan.FromSeconds(20), Cancel);

    public Task<ResourceEvent> UntilAsync(string name, string state) => UntilAsync(name, snapshot => snapshot.State?.Text == state);

    public Task<ExecuteCommandResult> CommandAsync(string name, string command) => App.ResourceCommands.ExecuteCommandAsync(name, command, Cancel);

    public string[] LogOf(string instanceId) =>
        [.. App.Services.GetRequiredService<RunnerRegistry>().Find(instanceId)!.Instance.Log.Read().Select(line => line.Text)];

    public async ValueTask DisposeAsync()
    {
        if (_app is not null)
        {
            await _app.DisposeAsync();
        }

        await Builder.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    private sealed class ScriptProject(string folder) : IProjectMetadata
    {
        public string ProjectPath => Path.Combine(folder, "it.csproj");

        public string AssemblyPath => Path.Combine(folder, "it.dll");
    }
}
