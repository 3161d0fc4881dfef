using BillionHearts.Api.Pipeline.Reruns;
using BillionHearts.Api.Pipeline.Watch;
using Microsoft.Extensions.Options;

namespace BillionHearts.Tests.Api.Pipeline;

public sealed class FeedPaceTests
{
    private readonly ManualClock _clock = new();
    private readonly RecentUploads _uploads;
    private readonly FeedPace _pace;

    public FeedPaceTests()
    {
        _uploads = new RecentUploads(_clock);
        _pace = new FeedPace(_uploads, Options.Create(new RerunOptions { MaxOutstanding = 32, SlowAbove = TimeSpan.FromMilliseconds(200) }));
    }

    [Theory]
    [InlineData(10, 32)]
    [InlineData(200, 32)]
    [InlineData(300, 16)]
    [InlineData(400, 1)]
    [InlineData(60_000, 1)]
    public void The_slower_uploads_are_the_fewer_images_of_a_rerun_are_queued(int milliseconds, int expected)
    {
        Store(count: 100, milliseconds);
        Assert.Equal(expected, _pace.MaxOutstanding);
    }

    [Fact]
    public void A_few_uploads_or_old_ones_say_nothing()
    {
        Store(count: 19, milliseconds: 10_000);
        Assert.Null(_uploads.P99());
        Assert.Equal(32, _pace.MaxOutstanding);

        Store(count: 1, milliseconds: 10_000);
        Assert.Equal(1, _pace.MaxOutstanding);

        _clock.Advance(TimeSpan.FromSeconds(31));
        Assert.Equal(32, _pace.MaxOutstanding);
    }

    [Fact]
    public void The_slowest_of_a_hundred_uploads_is_not_their_P99()
    {
        Store(count: 99, milliseconds: 50);
        Store(count: 1, milliseconds: 9000);
        Assert.Equal(TimeSpan.FromMilliseconds(50), _uploads.P99());
    }

    private void Store(int count, int milliseconds)
    {
        for (var i = 0; i < count; i++)
        {
            _uploads.Stored(TimeSpan.FromMilliseconds(milliseconds));
        }
    }
}
