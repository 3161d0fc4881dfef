using BillionHearts.Tests.Distributed;

namespace BillionHearts.Tests.Api;

/// <summary>The api that many classes use at the same time: starting one for each takes seconds. Their tests make users and images of their own.</summary>
public sealed class SharedApi(AppHostFixture app) : IAsyncLifetime
{
    internal ApiHost Host { get; private set; } = null!;

    /// <summary>For a test that needs an api of its own beside it.</summary>
    internal AppHostFixture App => app;

    public async ValueTask InitializeAsync() => Host = await app.ApiAsync(TestContext.Current.CancellationToken);

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
