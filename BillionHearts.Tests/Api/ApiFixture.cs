using BillionHearts.Tests.Distributed;

namespace BillionHearts.Tests.Api;

/// <summary>One api for the tests of a class; each makes users and images of its own.</summary>
public sealed class ApiFixture(AppHostFixture app) : IAsyncLifetime
{
    internal ApiHost Host { get; private set; } = null!;

    /// <summary>For a test that needs an api of its own beside it.</summary>
    internal AppHostFixture App => app;

    /// <summary>A fifth of the default, so that a test that exceeds it sends fewer bytes.</summary>
    internal const int MaxBytes = 20 * 1024 * 1024;

    public async ValueTask InitializeAsync() => Host = await ApiHost.StartAsync(app, TestContext.Current.CancellationToken, ("Upload:MaxBytes", $"{MaxBytes}"));

    public ValueTask DisposeAsync() => Host is null ? ValueTask.CompletedTask : Host.DisposeAsync();
}
