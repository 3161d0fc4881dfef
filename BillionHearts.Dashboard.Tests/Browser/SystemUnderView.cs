using System.Text.Json;
using BillionHearts.Dashboard.Orchestration;

namespace BillionHearts.Dashboard.Tests.Browser;

/// <summary>The resources of the real system, as its host would tell of them.</summary>
internal static class SystemUnderView
{
    public static void Describe(FakeHost host, DateTimeOffset now)
    {
        host.Set(Server("postgres", "postgres:18", now));
        host.Set(Server("messaging", "rabbitmq:4", now) with { Urls = [new("http://localhost:15672", "Management")] });
        host.Set(Server("blobs", "azurite:3.37.0", now));
        host.Set(Of("imagesdb", "Database", now, "postgres"));
        host.Set(Of("migrations", "Project", now, "imagesdb") with { State = "Finished", ExitCode = 0, Health = null });
        host.Set(Api("api-1", now));
        host.Set(Api("api-2", now));
        host.Set(Of("analysis", "Project", now, "blobs", "messaging") with
        {
            Commands = [new("replay", "Replay dead letters", ConfirmationMessage: "Every message in the dead-letter queue is tried again.")],
        });
        host.Set(Of("notifications", "Project", now, "messaging", "api") with { State = "Waiting", Health = null, StartedAt = null, Reason = "Waiting for messaging to be healthy" });
        host.Set(Server("gateway", "nginx:1.28", now) with
        {
            Relationships = [new("api", "WaitFor"), new("notifications", "WaitFor")],
            Urls = [new("http://localhost:8080", "Billion Hearts"), new("http://localhost:8080/docs", "API reference")],
        });
        host.Set(Of("thumbnails", "Project", now, "blobs") with { State = "FailedToStart", Health = null, Reason = "The port 5081 is in use by another process" });

        host.Write("api-1", "\u001b[32minfo\u001b[0m: BillionHearts.Api[0]", "      Now listening on \u001b[36mhttp://127.0.0.1:5080\u001b[0m", "fail: the broker does not answer");
    }

    private static ResourceSnapshot Api(string id, DateTimeOffset now) => Of(id, "Project", now, "imagesdb", "blobs", "messaging") with
    {
        Name = "api",
        Environment = new Dictionary<string, string?>
        {
            ["ASPNETCORE_ENVIRONMENT"] = "Development",
            ["ConnectionStrings__imagesdb"] = ResourceSnapshot.Mask,
            ["OTEL_SERVICE_NAME"] = "api",
        },
        HealthReports = [new("http /health", "Healthy", null, now)],
        Urls = [new($"http://localhost:508{id[^1]}")],
    };

    private static ResourceSnapshot Server(string id, string image, DateTimeOffset now) => Of(id, "Container", now) with
    {
        Properties = new Dictionary<string, JsonElement> { ["container.image"] = JsonSerializer.SerializeToElement(image) },
    };

    private static ResourceSnapshot Of(string id, string type, DateTimeOffset now, params string[] needs) => new()
    {
        Id = id,
        Name = id,
        Type = type,
        State = "Running",
        Health = "Healthy",
        StartedAt = now,
        Pid = 4711,
        Properties = new Dictionary<string, JsonElement> { ["project.path"] = JsonSerializer.SerializeToElement($"/work/BillionHearts.{id}") },
        Relationships = [.. needs.SelectMany(need => new[] { new Relationship(need, "Reference"), new Relationship(need, "WaitFor") })],
    };
}
