using BillionHearts.Analysis.Work;
using BillionHearts.Contracts;

namespace BillionHearts.Tests.Analysis;

public sealed class WorkSlotsTests
{
    private const string Fresh = AnalysisLane.Fresh;
    private const string Backfill = AnalysisLane.Backfill;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Work_is_admitted_only_while_a_slot_is_free()
    {
        var slots = new WorkSlots(2);
        var first = await slots.EnterAsync(Fresh, Cancel);
        using var second = await slots.EnterAsync(Fresh, Cancel);
        var third = slots.EnterAsync(Fresh, Cancel);

        Assert.False(third.IsCompleted);
        first.Dispose();
        first.Dispose();
        using var admitted = await third;
        Assert.False(slots.EnterAsync(Fresh, Cancel).IsCompleted);
    }

    [Fact]
    public async Task A_fresh_upload_overtakes_every_back_fill_that_waits()
    {
        var slots = new WorkSlots(1);
        var running = await slots.EnterAsync(Backfill, Cancel);
        var backfill = slots.EnterAsync(Backfill, Cancel);
        var fresh = slots.EnterAsync(Fresh, Cancel);

        running.Dispose();
        (await fresh).Dispose();
        (await backfill).Dispose();

        Assert.False(backfill.IsFaulted);
    }

    [Fact]
    public async Task No_back_fill_begins_beside_a_fresh_upload_even_when_a_slot_is_free()
    {
        var slots = new WorkSlots(2);
        var fresh = await slots.EnterAsync(Fresh, Cancel);
        var backfill = slots.EnterAsync(Backfill, Cancel);

        Assert.False(backfill.IsCompleted);
        fresh.Dispose();
        (await backfill).Dispose();
    }

    [Fact]
    public async Task Whoever_gives_up_waiting_leaves_no_slot_behind()
    {
        var slots = new WorkSlots(1);
        using var impatient = new CancellationTokenSource();
        var running = await slots.EnterAsync(Fresh, Cancel);
        var waiting = slots.EnterAsync(Fresh, impatient.Token);

        await impatient.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
        running.Dispose();

        (await slots.EnterAsync(Backfill, Cancel)).Dispose();
    }

    [Fact]
    public async Task In_any_order_all_work_gets_its_turn_and_the_limit_holds()
    {
        var slots = new WorkSlots(3);
        var (running, most, done) = (0, 0, 0);

        await Task.WhenAll(Enumerable.Range(0, 500).Select(i => Task.Run(async () =>
        {
            using var turn = await slots.EnterAsync(i % 3 is 0 ? Backfill : Fresh, Cancel);
            var now = Interlocked.Increment(ref running);
            InterlockedMax(ref most, now);
            await Task.Yield();
            Interlocked.Decrement(ref running);
            Interlocked.Increment(ref done);
        }, Cancel)));

        Assert.Equal(500, done);
        Assert.InRange(most, 1, 3);
    }

    private static void InterlockedMax(ref int target, int value)
    {
        for (var seen = Volatile.Read(ref target); seen < value;)
        {
            var before = Interlocked.CompareExchange(ref target, value, seen);
            if (before == seen)
            {
                return;
            }

            seen = before;
        }
    }
}
