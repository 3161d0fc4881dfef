using System.Collections.Concurrent;
using BillionHearts.Api.Platform.Telemetry;
using Npgsql;
using OpenTelemetry;

namespace BillionHearts.Api.Platform.Data.Batches;

/// <summary>
/// Combines many small queries into one. No request waits for a batch to fill: requests that arrive while one is running form the
/// next, so a single request is as fast as without batching, and many concurrent ones share round trips and commits.
/// </summary>
/// <param name="maxParallel">One makes batches larger, two keep the database busy while a commit waits for the disk.</param>
/// <param name="run">Returns the answers in the order of the requests. Must be safe to run again when an answer was lost.</param>
internal sealed class Batcher<TRequest, TAnswer>(
    string name, int maxBatch, int maxParallel, Func<IReadOnlyList<TRequest>, CancellationToken, Task<IReadOnlyList<TAnswer>>> run)
{
    private readonly ConcurrentQueue<Entry> _waiting = new();
    private int _running;

    /// <summary>
    /// Whether callers continue on the thread that completes their answers, one after the other, without waking another thread for each.
    /// Only where the code that follows is short and never blocks.
    /// </summary>
    public bool ContinuesInline { get; init; }

    public async Task<TAnswer> SubmitAsync(TRequest request, CancellationToken cancellationToken)
    {
        // The query belongs to no single request's trace; this span shows how long each request waits for it.
        using var activity = ApiTraces.StartBatch(name);
        var entry = new Entry(request, ContinuesInline ? TaskCreationOptions.None : TaskCreationOptions.RunContinuationsAsynchronously);
        _waiting.Enqueue(entry);
        StartRunner();
        return await entry.Answer.Task.WaitAsync(cancellationToken);
    }

    private void StartRunner()
    {
        var running = Volatile.Read(ref _running);

        while (running < maxParallel)
        {
            var seen = Interlocked.CompareExchange(ref _running, running + 1, running);

            if (seen == running)
            {
                // Runs on this thread up to its first wait, but without the context of the request that happens to be first.
                ExecutionContext.Run(EmptyContext.Value, static self => _ = ((Batcher<TRequest, TAnswer>)self!).RunAsync(), this);
                return;
            }

            running = seen;
        }
    }

    private async Task RunAsync()
    {
        using var quiet = SuppressInstrumentationScope.Begin();
        var batch = new List<Entry>(maxBatch);

        while (true)
        {
            while (batch.Count < maxBatch && _waiting.TryDequeue(out var entry))
            {
                batch.Add(entry);
            }

            if (batch.Count is 0)
            {
                Interlocked.Decrement(ref _running);

                // A request that was added between the last TryDequeue and the decrement found all runners busy.
                if (!_waiting.IsEmpty)
                {
                    StartRunner();
                }

                return;
            }

            await AnswerAsync(batch);
            batch.Clear();
        }
    }

    private async Task AnswerAsync(List<Entry> batch)
    {
        try
        {
            var answers = await run([.. batch.Select(entry => entry.Request)], CancellationToken.None);

            for (var i = 0; i < batch.Count; i++)
            {
                batch[i].Answer.SetResult(answers[i]);
            }
        }
        catch (PostgresException) when (batch.Count > 1)
        {
            // One of the requests caused the error: run each alone, so that the others succeed.
            foreach (var entry in batch)
            {
                await AnswerAsync([entry]);
            }
        }
        catch (Exception exception)
        {
            batch.ForEach(entry => entry.Answer.TrySetException(exception));
        }
    }

    private sealed class Entry(TRequest request, TaskCreationOptions options)
    {
        public TRequest Request { get; } = request;

        public TaskCompletionSource<TAnswer> Answer { get; } = new(options);
    }
}
