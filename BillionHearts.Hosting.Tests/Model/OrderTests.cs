using BillionHearts.Hosting.ApplicationModel;
using BillionHearts.Hosting.Orchestration;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace BillionHearts.Hosting.Tests.Model;

public sealed class OrderTests
{
    private static readonly ContainerResource s_broker = new("messaging");

    [Theory]
    [InlineData(WaitType.WaitUntilHealthy, "Running", HealthStatus.Healthy, WaitOutcome.Met)]
    [InlineData(WaitType.WaitUntilHealthy, "Running", HealthStatus.Unhealthy, WaitOutcome.Pending)]
    [InlineData(WaitType.WaitUntilStarted, "Running", HealthStatus.Unhealthy, WaitOutcome.Met)]
    [InlineData(WaitType.WaitUntilStarted, "Starting", null, WaitOutcome.Pending)]
    [InlineData(WaitType.WaitUntilHealthy, "FailedToStart", null, WaitOutcome.Hopeless)]
    [InlineData(WaitType.WaitUntilHealthy, "Exited", null, WaitOutcome.Pending)]
    [InlineData(WaitType.WaitForCompletion, "Running", HealthStatus.Healthy, WaitOutcome.Pending)]
    internal void A_wait_ends_with_the_state_it_asks_for(WaitType type, string state, HealthStatus? health, WaitOutcome expected)
    {
        var verdict = WaitVerdict.Of(new(s_broker, type), [InState(state, health)]);

        Assert.Equal(expected, verdict.Outcome);
    }

    [Theory]
    [InlineData(0, 0, WaitOutcome.Met)]
    [InlineData(3, 3, WaitOutcome.Met)]
    [InlineData(3, 0, WaitOutcome.Hopeless)]
    internal void A_job_is_waited_for_until_it_ends_and_only_with_the_right_code(int exitCode, int expectedCode, WaitOutcome expected)
    {
        var ended = InState("Finished", health: null, exitCode);

        Assert.Equal(expected, WaitVerdict.Of(new(s_broker, WaitType.WaitForCompletion, expectedCode), [ended]).Outcome);
    }

    [Fact]
    public void One_replica_that_is_not_ready_keeps_everybody_waiting_and_is_named()
    {
        var unhealthy = new ResourceEvent(s_broker, "api-2", InState("Running", HealthStatus.Unhealthy, description: "/health answered 503, not 200").Snapshot);

        var verdict = WaitVerdict.Of(new(s_broker, WaitType.WaitUntilHealthy), [InState("Running", HealthStatus.Healthy), unhealthy]);

        Assert.Equal((WaitOutcome.Pending, "api-2: not healthy, /health answered 503, not 200"), (verdict.Outcome, verdict.Reason));
    }

    [Fact]
    public void Who_wants_to_stop_rather_than_wait_is_not_kept_waiting_by_what_has_ended()
    {
        var wait = new WaitAnnotation(s_broker, WaitType.WaitUntilHealthy) { WaitBehavior = WaitBehavior.StopOnResourceUnavailable };

        Assert.Equal(WaitOutcome.Hopeless, WaitVerdict.Of(wait, [InState("Exited", health: null)]).Outcome);
    }

    [Fact]
    public void Resources_that_wait_for_each_other_are_refused_with_the_whole_circle()
    {
        var (a, b, c) = (new ProjectResource("a"), new ProjectResource("b"), new ProjectResource("c"));
        a.Annotations.Add(new WaitAnnotation(b, WaitType.WaitUntilHealthy));
        b.Annotations.Add(new WaitAnnotation(c, WaitType.WaitUntilStarted));
        c.Annotations.Add(new WaitAnnotation(a, WaitType.WaitForCompletion));

        var refused = Assert.Throws<DistributedApplicationException>(() => ModelCheck.Require([a, b, c]));
        Assert.Contains("a → b → c → a", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Users_stop_before_what_they_use_and_strangers_at_the_same_time()
    {
        var server = new PostgresServerResource("postgres", null, new("password", () => "x", secret: true));
        var database = new PostgresDatabaseResource("imagesdb", "imagesdb", server);
        var (api, gateway, blobs) = (new ProjectResource("api"), new ContainerResource("gateway"), new ContainerResource("blobs"));
        api.Annotations.Add(new ResourceRelationshipAnnotation(database, ResourceRelationshipAnnotation.Reference));
        gateway.Annotations.Add(new WaitAnnotation(api, WaitType.WaitUntilHealthy));
        var log = new List<string>();

        await StopOrder.RunAsync([server, database, api, gateway, blobs], async resource =>
        {
            log.Add($"{resource.Name} begins");
            await Task.Yield();
            log.Add($"{resource.Name} ends");
        });

        Assert.True(log.IndexOf("gateway ends") < log.IndexOf("api begins"));
        Assert.True(log.IndexOf("api ends") < log.IndexOf("postgres begins"));
        Assert.True(log.IndexOf("blobs begins") < log.IndexOf("api begins"));
        Assert.Equal(10, log.Count);
    }

    [Fact]
    public async Task Resources_that_know_each_other_still_stop()
    {
        var (a, b) = (new ProjectResource("a"), new ProjectResource("b"));
        a.Annotations.Add(new ResourceRelationshipAnnotation(b, ResourceRelationshipAnnotation.Reference));
        b.Annotations.Add(new ResourceRelationshipAnnotation(a, ResourceRelationshipAnnotation.Reference));
        var stopped = new List<string>();

        await StopOrder.RunAsync([a, b], resource =>
        {
            stopped.Add(resource.Name);
            return Task.CompletedTask;
        });

        Assert.Equal(["a", "b"], stopped.Order());
    }

    [Fact]
    public void A_crash_is_answered_later_each_time_and_a_minute_of_health_forgives()
    {
        var backoff = new RestartBackoff();

        Assert.Equal(
            [0.5, 1, 2, 4, 8, 16, 30, 30],
            Enumerable.Range(0, 8).Select(_ => backoff.Next(TimeSpan.FromSeconds(59)).TotalSeconds));
        Assert.Equal([0.5, 1], new[] { backoff.Next(RestartBackoff.Recovery), backoff.Next(TimeSpan.Zero) }.Select(delay => delay.TotalSeconds));
    }

    private static ResourceEvent InState(string state, HealthStatus? health, int? exitCode = null, string? description = null) =>
        new(s_broker, s_broker.Name, new CustomResourceSnapshot
        {
            ResourceType = "Container",
            Properties = [],
            State = state,
            ExitCode = exitCode,
            HealthReports = health is null ? [] : [new("check", health, description, null)],
        });
}
