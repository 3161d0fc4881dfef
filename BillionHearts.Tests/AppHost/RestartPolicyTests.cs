using Microsoft.Extensions.Time.Testing;

namespace BillionHearts.Tests.AppHost;

public sealed class RestartPolicyTests
{
    private readonly FakeTimeProvider _clock = new();

    [Fact]
    public void Pauses_grow_and_after_five_deaths_within_a_minute_it_gives_up()
    {
        var policy = new RestartPolicy(_clock);

        Assert.Equal([0.5, 1, 2, 4, 8], Enumerable.Range(0, 5).Select(_ => policy.Next()!.Value.TotalSeconds));
        Assert.Null(policy.Next());
    }

    [Fact]
    public void A_death_a_minute_after_the_last_is_the_first_again()
    {
        var policy = new RestartPolicy(_clock);
        policy.Next();
        policy.Next();

        _clock.Advance(TimeSpan.FromMinutes(1));

        Assert.Equal(RestartPolicy.First, policy.Next());
    }

    [Fact]
    public void What_was_given_up_and_is_started_by_hand_has_all_its_chances_again()
    {
        var policy = new RestartPolicy(_clock);
        while (policy.Next() is not null)
        {
        }

        Assert.Equal(RestartPolicy.First, policy.Next());
    }
}
