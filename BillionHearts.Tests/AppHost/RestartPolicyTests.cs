using Microsoft.Extensions.Time.Testing;

namespace BillionHearts.Tests.AppHost;

public sealed class RestartPolicyTests
{
    private readonly FakeTimeProvider _clock = new();

    [Fact]
    public void Restart_pauses_grow_until_the_sixth_failure_within_a_minute_ends_them()
    {
        var policy = new RestartPolicy(_clock);

        Assert.Equal([0.5, 1, 2, 4, 8], Enumerable.Range(0, 5).Select(_ => policy.Next()!.Value.TotalSeconds));
        Assert.Null(policy.Next());
    }

    [Fact]
    public void A_failure_a_minute_after_the_last_counts_as_the_first()
    {
        var policy = new RestartPolicy(_clock);
        policy.Next();
        policy.Next();

        _clock.Advance(TimeSpan.FromMinutes(1));

        Assert.Equal(RestartPolicy.First, policy.Next());
    }

    [Fact]
    public void A_resource_that_is_started_by_hand_has_all_its_restarts_again()
    {
        var policy = new RestartPolicy(_clock);
        while (policy.Next() is not null)
        {
        }

        Assert.Equal(RestartPolicy.First, policy.Next());
    }
}
