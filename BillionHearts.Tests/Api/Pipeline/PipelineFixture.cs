using BillionHearts.Api.Pipeline.Results;
using BillionHearts.Contracts;
using BillionHearts.Tests.Distributed;

namespace BillionHearts.Tests.Api.Pipeline;

/// <summary>The classes that share it run one after another.</summary>
[CollectionDefinition]
public sealed class PipelineApi : ICollectionFixture<PipelineFixture>;

/// <summary>An api without workers: tests send the results. Re-runs queue three images at a time.</summary>
public sealed class PipelineFixture(AppHostFixture app) : IAsyncLifetime
{
    public const int MaxOutstanding = 3;

    internal static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    internal ApiHost Host { get; private set; } = null!;

    public async ValueTask InitializeAsync() => Host = await ApiHost.StartAsync(
        app, TestContext.Current.CancellationToken, ("Reruns:MaxOutstanding", $"{MaxOutstanding}"));

    public ValueTask DisposeAsync() => Host is null ? ValueTask.CompletedTask : Host.DisposeAsync();

    internal async Task<long> UploadAsync(long user, CancellationToken cancellationToken) =>
        (await Host.UploadAsync(user, TestImages.Png(40, 30), cancellationToken)).GetProperty("id").GetInt64();

    /// <summary>Stores a result for the request that the image waits for.</summary>
    internal async Task StoreAsync(long id, Func<PendingImage, AnalysisResult> result, CancellationToken cancellationToken)
    {
        var pending = await TestResults.PendingAsync(Host, id, cancellationToken);
        await Host.CallAsync<ResultStore, ResultEffect>(results => results.StoreAsync(result(pending), cancellationToken));
    }
}
