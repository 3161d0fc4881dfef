using BillionHearts.Tests.Storage;
using Microsoft.Extensions.DependencyInjection;

namespace BillionHearts.Tests.Distributed;

/// <summary>A second topology, which stores images as files, requires tokens and has two replicas of notifications.</summary>
public sealed class SecondTopology : IAsyncLifetime
{
    private readonly FileStoreFolder _folder = new();
    private DistributedApplication? _app;

    internal FileStoreFolder Folder => _folder;

    internal DistributedApplication App => _app ?? throw new InvalidOperationException("It was not started.");

    public async ValueTask InitializeAsync() => _app = await AppHostFixture.StartAsync(
        [
            "--BlobStore:Provider=files", $"--BlobStore:Files:Path={_folder.Path}", "--BlobStore:Files:Initialize=true",
            "--Parameters:require-tokens=true", "--Notifications:Replicas=2",
        ],
        TestContext.Current.CancellationToken);

    /// <summary>All that its resources have written to their consoles.</summary>
    public async Task<IReadOnlyList<string>> ConsolesAsync()
    {
        var logs = App.Services.GetRequiredService<ResourceLoggerService>();
        var lines = new List<string>();

        foreach (var resource in App.Services.GetRequiredService<DistributedApplicationModel>().Resources)
        {
            // Parameters have no console.
            if (resource is not ParameterResource)
            {
                await foreach (var some in logs.GetAllAsync(resource))
                {
                    lines.AddRange(some.Select(line => line.Content));
                }
            }
        }

        return lines;
    }

    /// <summary>A client of its gateway that has not signed in.</summary>
    public ImagesClient NewClient() => new(App.CreateHttpClient("gateway", "http"));

    /// <summary>A new user, signed in.</summary>
    public async Task<(ImagesClient Client, long User)> NewUserAsync(CancellationToken cancellationToken)
    {
        var client = NewClient();
        return (client, await client.RegisterAsync(cancellationToken));
    }

    public async ValueTask DisposeAsync()
    {
        if (_app is not null)
        {
            await _app.DisposeAsync();
        }

        _folder.Dispose();
    }
}
