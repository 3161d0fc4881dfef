using BillionHearts.Api.Platform.Data.Batches;
using Npgsql;

namespace BillionHearts.Tests.Api;

public sealed class BatcherTests
{
    private static readonly TimeSpan s_limit = TimeSpan.FromSeconds(30);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Every_batched_request_gets_its_own_answer()
    {
        var batcher = new Batcher<int, int>("test", maxBatch: 7, maxParallel: 2, async (numbers, _) =>
        {
            await Task.Yield();
            return [.. numbers.Select(number => -number)];
        });

        await Parallel.ForEachAsync(Enumerable.Range(0, 20_000), new ParallelOptions { MaxDegreeOfParallelism = 64, CancellationToken = Cancel }, async (number, cancel) =>
            Assert.Equal(-number, await batcher.SubmitAsync(number, cancel).WaitAsync(s_limit, cancel)));
    }

    [Fact]
    public async Task Requests_that_arrive_during_a_batch_form_the_next_one()
    {
        var first = new TaskCompletionSource();
        List<int> sizes = [];
        var batcher = new Batcher<int, int>("test", maxBatch: 100, maxParallel: 1, async (numbers, _) =>
        {
            sizes.Add(numbers.Count);
            await first.Task;
            return [.. numbers];
        });

        var lone = batcher.SubmitAsync(0, Cancel);
        await Eventually.ReadAsync(_ => Task.FromResult(sizes.Count), until: count => count is 1, s_limit, Cancel);
        var crowd = Enumerable.Range(1, 50).Select(number => batcher.SubmitAsync(number, Cancel)).ToList();
        first.SetResult();

        await Task.WhenAll([lone, .. crowd]).WaitAsync(s_limit, Cancel);
        Assert.Equal([1, 50], sizes);
    }

    [Fact]
    public async Task One_request_that_the_database_refuses_does_not_fail_the_others()
    {
        var gate = new TaskCompletionSource();
        var batcher = new Batcher<int, int>("test", maxBatch: 100, maxParallel: 1, async (numbers, _) =>
        {
            await gate.Task;
            return numbers.Contains(13) ? throw new PostgresException("bad", "ERROR", "ERROR", PostgresErrorCodes.CheckViolation) : [.. numbers];
        });

        var all = Enumerable.Range(0, 20).Select(number => batcher.SubmitAsync(number, Cancel)).ToArray();
        gate.SetResult();

        await Assert.ThrowsAsync<PostgresException>(() => all[13].WaitAsync(s_limit, Cancel));
        Assert.Equal(Enumerable.Range(0, 20).Where(number => number is not 13), await Task.WhenAll(all.Where(one => one != all[13])).WaitAsync(s_limit, Cancel));
    }

    [Fact]
    public async Task A_cancelled_request_leaves_the_rest_of_its_batch_their_answers()
    {
        var gate = new TaskCompletionSource();
        using var gone = new CancellationTokenSource();
        var batcher = new Batcher<int, int>("test", maxBatch: 100, maxParallel: 1, async (numbers, _) =>
        {
            await gate.Task;
            return [.. numbers];
        });

        var leaving = batcher.SubmitAsync(1, gone.Token);
        var staying = batcher.SubmitAsync(2, Cancel);
        await gone.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => leaving);
        gate.SetResult();
        Assert.Equal(2, await staying.WaitAsync(s_limit, Cancel));
    }
}
