using BillionHearts.Tests.Distributed;

namespace BillionHearts.Tests.Analysis;

/// <summary>One service for the tests of a class, which run one after the other.</summary>
public sealed class AnalysisFixture(AppHostFixture app) : IAsyncLifetime
{
    internal AppHostFixture App => app;

    internal AnalysisHost Host { get; private set; } = null!;

    public async ValueTask InitializeAsync() =>
        Host = await AnalysisHost.StartAsync(app, TestContext.Current.CancellationToken, ("Analysis:MaxFileBytes", "2000000"));

    public ValueTask DisposeAsync() => Host.DisposeAsync();
}
