using System.Diagnostics;
using BillionHearts.Storage;
using BillionHearts.Storage.Files;
using Microsoft.Extensions.Options;

namespace BillionHearts.Tests.Storage;

/// <summary>The file store's calls on a disk that hangs: here a call that returns when the test lets it.</summary>
public sealed class FileCallsTests : IDisposable
{
    private const int Parallelism = 3;

    private static readonly TimeSpan s_limit = TimeSpan.FromMilliseconds(300);

    private readonly ManualResetEventSlim _disk = new();
    private readonly FileCalls _calls = Calls(s_limit);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        _disk.Set();
        _calls.Dispose();
        _disk.Dispose();
    }

    private static FileCalls Calls(TimeSpan limit) => new(
        Options.Create(new BlobStoreOptions { Timeout = limit }), Options.Create(new FileBlobStoreOptions { Parallelism = Parallelism }));

    [Fact]
    public async Task A_disk_that_hangs_blocks_no_caller_and_only_a_limited_number_of_threads()
    {
        var begun = 0;

        await Task.WhenAll(Enumerable.Range(0, 20).Select(async _ =>
        {
            var watch = Stopwatch.StartNew();
            await Assert.ThrowsAsync<BlobStoreUnavailableException>(() => _calls.RunAsync("write", Hang, Cancel));
            Assert.InRange(watch.Elapsed, s_limit / 2, TimeSpan.FromSeconds(20));
        }));

        // A busy machine may begin a call only after its caller has left. One more is refused after all that could have begun.
        await Eventually.TrueAsync(() => Volatile.Read(ref begun) is Parallelism, TimeSpan.FromSeconds(30), Cancel);
        await Assert.ThrowsAsync<BlobStoreUnavailableException>(() => _calls.RunAsync("write", Hang, Cancel));
        Assert.Equal(Parallelism, Volatile.Read(ref begun));

        void Hang()
        {
            Interlocked.Increment(ref begun);
            _disk.Wait(Cancel);
        }
    }

    [Fact]
    public async Task An_abandoned_call_learns_so_when_the_disk_responds_and_later_calls_succeed()
    {
        var learned = new TaskCompletionSource<bool>();
        await Assert.ThrowsAsync<BlobStoreUnavailableException>(() => _calls.RunAsync("write", Hang, Cancel));

        _disk.Set();

        Assert.True(await learned.Task.WaitAsync(Cancel));
        // On a busy machine a call may take longer than the short limit of this class.
        await Eventually.SucceedsAsync(
            async _ => Assert.Equal(7, await _calls.RunAsync("read", _ => 7, Cancel)), hasEnded: () => false, TimeSpan.FromSeconds(30), Cancel);

        bool Hang(CancellationToken abandoned)
        {
            _disk.Wait(Cancel);
            learned.SetResult(abandoned.IsCancellationRequested);
            return true;
        }
    }

    [Fact]
    public async Task A_cancellation_stops_a_call_before_it_begins_and_not_half_way()
    {
        using var leaving = new CancellationTokenSource();
        using var calls = Calls(TimeSpan.FromMinutes(1));
        var ended = false;

        await calls.RunAsync("write", Leave, leaving.Token);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => calls.RunAsync("write", () => Assert.Fail("It began."), leaving.Token));

        Assert.True(ended);

        void Leave()
        {
            leaving.Cancel();
            ended = true;
        }
    }
}
