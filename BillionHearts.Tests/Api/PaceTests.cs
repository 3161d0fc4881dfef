using BillionHearts.Api.Platform.Work;

namespace BillionHearts.Tests.Api;

public sealed class PaceTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(0.1, 200, 1800)]
    [InlineData(0.5, 200, 200)]
    [InlineData(0.1, 60_000, 10_000)]
    public async Task Background_work_rests_in_proportion_to_how_long_a_step_took(double share, int worked, int rested)
    {
        var clock = new ManualClock();
        var step = new Pace(share, clock).RunAsync(
            () =>
            {
                clock.Advance(TimeSpan.FromMilliseconds(worked));
                return Task.FromResult(7);
            },
            Cancel);

        await clock.WaitForTimerAsync(TimeSpan.FromMilliseconds(rested), TimeSpan.FromMilliseconds(rested), Cancel);
        Assert.False(step.IsCompleted);
        clock.Advance(TimeSpan.FromMilliseconds(rested));

        Assert.Equal(7, await step);
    }
}
