using BillionHearts.Api.Pipeline.Results;

namespace BillionHearts.Tests.Api;

public sealed class RetryScheduleTests
{
    [Fact]
    public void There_are_five_attempts_with_delays_that_grow()
    {
        var delays = Enumerable.Range(1, RetrySchedule.MaxAttempts).Select(attempt => RetrySchedule.DelayAfter(attempt, random: 0)).ToList();

        Assert.Equal([1, 5, 30, 120, null], delays.Select(delay => delay?.TotalSeconds));
        Assert.Equal(6, RetrySchedule.DelayAfter(2, random: 1)?.TotalSeconds);
    }
}
