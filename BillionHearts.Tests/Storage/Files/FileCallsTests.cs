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
    private readonly FileCalls _calls = new(
        Options.Create(new BlobStoreOptions { Timeout = s_limit }), Options.Create(new FileBlobStoreOptions { Parallelism = Parallelism }));

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        _disk.Set();
        _calls.Dispose();
        _disk.Dispose();
    }

    [Fact]
    public async Task A_disk_that_hangs_keeps_nobody_waiting_and_takes_no_more_threads_than_it_may()
    {
        var begun = 0;

        await Task.WhenAll(Enumerable.Range(0, 20).Select(async _ =>
        {
            var watch = Stopwatch.StartNew();
            await Assert.ThrowsAsync<BlobStoreUnavailableException>(() => _calls.RunAsync("write", Hang, Cancel));
            Assert.InRange(watch.Elapsed, s_limit / 2, TimeSpan.FromSeconds(20));
        }));

        Assert.Equal(Parallelism, begun);

        void Hang()
        {
            Interlocked.Increment(ref begun);
            _disk.Wait(Cancel);
        }
    }

    [Fact]
    public async Task A_call_that_nobody_waits_for_learns_it_when_the_disk_goes_on_and_the_next_ones_are_made()
    {
        var learned = new TaskCompletionSource<bool>();
        await Assert.ThrowsAsync<BlobStoreUnavailableException>(() => _calls.RunAsync("write", Hang, Cancel));

        _disk.Set();

        Assert.True(await learned.Task.WaitAsync(Cancel));
        Assert.Equal(7, await _calls.RunAsync("read", _ => 7, Cancel));

        bool Hang(CancellationToken abandoned)
        {
            _disk.Wait(Cancel);
            learned.SetResult(abandoned.IsCancellationRequested);
            return true;
        }
    }

    [Fact]
    public async Task A_caller_who_leaves_is_heard_before_a_call_begins_and_not_in_its_middle()
    {
        using var leaving = new CancellationTokenSource();
        var ended = false;

        await _calls.RunAsync("write", Leave, leaving.Token);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => _calls.RunAsync("write", () => Assert.Fail("It began."), leaving.Token));

        Assert.True(ended);

        void Leave()
        {
            leaving.Cancel();
            ended = true;
        }
    }
}
