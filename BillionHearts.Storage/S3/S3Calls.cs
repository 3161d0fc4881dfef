using Microsoft.Extensions.Options;
using Polly;
using Polly.Retry;

namespace BillionHearts.Storage.S3;

/// <summary>Calls S3 with the retries and time limits of the options.</summary>
internal sealed class S3Calls(IOptions<BlobStoreOptions> options, TimeProvider clock)
{
    private readonly BlobStoreOptions _options = options.Value;
    private readonly ResiliencePipeline _pipeline = Pipeline(options.Value, clock);

    public async Task<T> RunAsync<T>(Func<CancellationToken, Task<T>> call, CancellationToken cancellationToken)
    {
        try
        {
            return await _pipeline.ExecuteAsync(async cancel => await call(cancel), cancellationToken);
        }
        catch (Exception exception) when (S3Faults.IsUnavailable(exception, cancellationToken))
        {
            throw new BlobStoreUnavailableException($"The blob store did not complete the request within {_options.Timeout.TotalSeconds} s and {_options.Retries + 1} attempts.", exception);
        }
    }

    private static ResiliencePipeline Pipeline(BlobStoreOptions options, TimeProvider clock)
    {
        var pipeline = new ResiliencePipelineBuilder { TimeProvider = clock }.AddTimeout(options.Timeout);

        if (options.Retries > 0)
        {
            pipeline.AddRetry(new RetryStrategyOptions
            {
                MaxRetryAttempts = options.Retries,
                BackoffType = DelayBackoffType.Exponential,
                UseJitter = true,
                Delay = TimeSpan.FromMilliseconds(100),
                MaxDelay = TimeSpan.FromSeconds(1),
                ShouldHandle = arguments => ValueTask.FromResult(arguments.Outcome.Exception is { } exception && S3Faults.IsTransient(exception)),
            });
        }

        return pipeline.AddTimeout(options.AttemptTimeout).Build();
    }
}
