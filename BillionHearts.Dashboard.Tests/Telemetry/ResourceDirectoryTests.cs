using BillionHearts.Dashboard.Telemetry;
using Microsoft.Extensions.Time.Testing;

namespace BillionHearts.Dashboard.Tests.Telemetry;

public sealed class ResourceDirectoryTests
{
    private readonly FakeTimeProvider _clock = new(Some.Noon);

    [Fact]
    public void Ten_thousand_senders_do_not_fit_and_those_already_there_stay()
    {
        var senders = new ResourceDirectory(new() { MaxResourceCount = 10 }, _clock);
        var api = Add(senders, "api");

        Assert.Equal(9, Enumerable.Range(1, 10_000).Count(i => Add(senders, $"flood-{i}") is not null));
        Assert.Same(api, Add(senders, "api"));
    }

    [Fact]
    public void One_that_has_been_silent_for_ten_minutes_gives_way_to_a_new_one()
    {
        var senders = new ResourceDirectory(new() { MaxResourceCount = 2 }, _clock);
        var forgotten = new List<string>();
        senders.Forgotten += sender => forgotten.Add(sender.Service);
        Add(senders, "old");
        Add(senders, "api");

        _clock.Advance(TimeSpan.FromMinutes(11));
        Add(senders, "api");

        Assert.NotNull(Add(senders, "new"));
        Assert.Null(Add(senders, "newer"));
        Assert.Equal(["old"], forgotten);
        Assert.Equal(["api", "new"], senders.All.Select(sender => sender.Service));
    }

    [Fact]
    public void A_dozen_services_have_a_dozen_colours_and_replicas_share_one()
    {
        var senders = new ResourceDirectory(new(), _clock);

        Assert.Equal(12, Enumerable.Range(1, 12).Select(i => Add(senders, $"service-{i}")!.Colour).Distinct().Count());
        Assert.Equal(Add(senders, "service-1")!.Colour, senders.GetOrAdd("service-1", "replica-2", () => default)!.Colour);
    }

    private static TelemetryResource? Add(ResourceDirectory senders, string service) => senders.GetOrAdd(service, "1", () => default);
}
