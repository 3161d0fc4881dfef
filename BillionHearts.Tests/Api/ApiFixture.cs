using BillionHearts.Tests.Distributed;

namespace BillionHearts.Tests.Api;

/// <summary>One api for the tests of a class that count, remove or break what belongs to all users. Others use <see cref="SharedApi"/>.</summary>
public sealed class ApiFixture(AppHostFixture app) : IAsyncLifetime
{
    internal ApiHost Host { get; private set; } = null!;

    /// <summary>For a test that needs an api of its own beside it.</summary>
    internal AppHostFixture App => app;

    /// <summary>A fifth of the default, so that a test that exceeds it sends fewer bytes.</summary>
    internal const int MaxBytes = 20 * 1024 * 1024;

    internal static (string Name, string Value)[] Settings => [("Upload:MaxBytes", $"{MaxBytes}")];

    public async ValueTask InitializeAsync() => Host = await ApiHost.StartAsync(app, TestContext.Current.CancellationToken, Settings);

    public ValueTask DisposeAsync() => Host is null ? ValueTask.CompletedTask : Host.DisposeAsync();
}
