using BillionHearts.Api.Pipeline.Results;
using BillionHearts.Contracts;
using BillionHearts.Tests.Distributed;

namespace BillionHearts.Tests.Api.Pipeline;

/// <summary>The classes that share it run one after another.</summary>
[CollectionDefinition]
public sealed class PipelineApi : ICollectionFixture<PipelineFixture>;

/// <summary>An api without workers: tests send the results of messages, and say what a worker answers to calls. Re-runs queue three images at a time.</summary>
public sealed class PipelineFixture(AppHostFixture app) : IAsyncLifetime
{
    public const int MaxOutstanding = 3;

    internal static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    internal ApiHost Host { get; private set; } = null!;

    /// <summary>Answers the calls that compare two versions.</summary>
    internal TrialWorker Worker { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        Worker = await TrialWorker.StartAsync(TestContext.Current.CancellationToken);
        Host = await ApiHost.StartAsync(
            app, TestContext.Current.CancellationToken, ("Reruns:MaxOutstanding", $"{MaxOutstanding}"), ("services:analysis:http:0", Worker.Url));
    }

    public async ValueTask DisposeAsync()
    {
        await (Host?.DisposeAsync() ?? ValueTask.CompletedTask);
        await (Worker?.DisposeAsync() ?? ValueTask.CompletedTask);
    }

    internal async Task<long> UploadAsync(long user, CancellationToken cancellationToken) =>
        (await Host.UploadAsync(user, TestImages.Png(40, 30), cancellationToken)).GetProperty("id").GetInt64();

    /// <summary>Stores a result for the request that the image waits for.</summary>
    internal async Task StoreAsync(long id, Func<PendingImage, AnalysisResult> result, CancellationToken cancellationToken)
    {
        var pending = await TestResults.PendingAsync(Host, id, cancellationToken);
        await Host.CallAsync<ResultStore, ResultEffect>(results => results.StoreAsync(result(pending), cancellationToken));
    }
}
