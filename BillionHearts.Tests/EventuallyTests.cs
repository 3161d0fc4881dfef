namespace BillionHearts.Tests;

public sealed class EventuallyTests
{
    private static readonly TimeSpan s_long = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan s_short = TimeSpan.FromMilliseconds(100);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Polling_returns_the_value_that_meets_the_condition()
    {
        var reads = 0;

        Assert.Equal(3, await Eventually.ReadAsync(_ => Task.FromResult(++reads), until: value => value is 3, s_long, Cancel));
    }

    [Fact]
    public async Task Polling_that_fails_names_the_limit_and_what_was_read_last()
    {
        var failure = await Assert.ThrowsAsync<TimeoutException>(
            () => Eventually.ReadAsync(_ => Task.FromResult<int[]>([1, 2]), until: list => list is [], s_short, Cancel));

        Assert.Equal("The condition did not hold within 0.1 s. Read last: [1, 2]", failure.Message);
    }

    [Fact]
    public async Task Polling_for_a_condition_that_fails_names_the_condition()
    {
        var isReady = false;

        var failure = await Assert.ThrowsAsync<TimeoutException>(() => Eventually.TrueAsync(() => isReady, s_short, Cancel));

        Assert.Equal("Not true within 0.1 s: () => isReady", failure.Message);
    }

    [Fact]
    public async Task Polling_a_server_repeats_attempts_until_one_succeeds()
    {
        var attempts = 0;

        await Eventually.SucceedsAsync(
            _ => ++attempts < 3 ? throw new IOException("not yet") : Task.CompletedTask, hasEnded: () => false, s_long, Cancel);

        Assert.Equal(3, attempts);
    }

    [Fact]
    public async Task Polling_a_server_stops_when_the_server_has_ended()
    {
        var failure = await Assert.ThrowsAsync<TimeoutException>(
            () => Eventually.SucceedsAsync(_ => throw new IOException("refused"), hasEnded: () => true, s_long, Cancel));

        Assert.Equal("It ended before an attempt succeeded. The last one: refused", failure.Message);
    }
}
