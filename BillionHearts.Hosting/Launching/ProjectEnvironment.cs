using BillionHearts.Hosting.ApplicationModel;
using BillionHearts.Hosting.Orchestration;
using BillionHearts.Hosting.Processes;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Hosting;

namespace BillionHearts.Hosting.Launching;

/// <summary>What every project is told without asking: its environment's name, where to listen, where its telemetry goes.</summary>
internal sealed class ProjectEnvironment(IConfiguration configuration, IHostEnvironment host)
{
    public Dictionary<string, object> DefaultsOf(ResourceInstance instance)
    {
        var variables = new Dictionary<string, object>
        {
            ["DOTNET_ENVIRONMENT"] = host.EnvironmentName,
            ["ASPNETCORE_ENVIRONMENT"] = host.EnvironmentName,
            ["DOTNET_ROOT"] = Executables.DotnetRoot,
        };

        foreach (var (name, value) in instance.Resource.Last<LaunchProfile>()?.EnvironmentVariables ?? new Dictionary<string, string>())
        {
            variables[name] = value;
        }

        variables["ASPNETCORE_URLS"] = ListenOn(instance);
        AddTelemetry(variables, instance);
        return variables;
    }

    private static string ListenOn(ResourceInstance instance)
    {
        var urls = instance.Resource.Annotations.OfType<EndpointAnnotation>()
            .Where(endpoint => endpoint.UriScheme is "http" or "https")
            .Select(endpoint => endpoint.Allocations[instance.Replica].UriString)
            .ToList();

        // Without an endpoint it would inherit the host's own address, and both would listen there.
        return urls.Count is 0 ? "http://127.0.0.1:0" : string.Join(';', urls);
    }

    private void AddTelemetry(Dictionary<string, object> variables, ResourceInstance instance)
    {
        variables["OTEL_SERVICE_NAME"] = instance.Resource.Name;
        variables["OTEL_RESOURCE_ATTRIBUTES"] = $"service.instance.id={instance.Id}";

        var (endpoint, protocol) = Setting("DASHBOARD_OTLP_ENDPOINT_URL") is { } grpc
            ? (grpc, "grpc")
            : (Setting("DASHBOARD_OTLP_HTTP_ENDPOINT_URL"), "http/protobuf");

        if (endpoint is null)
        {
            return;
        }

        variables["OTEL_EXPORTER_OTLP_ENDPOINT"] = endpoint;
        variables["OTEL_EXPORTER_OTLP_PROTOCOL"] = protocol;

        if (configuration["AppHost:OtlpApiKey"] is { Length: > 0 } key)
        {
            variables["OTEL_EXPORTER_OTLP_HEADERS"] = $"x-otlp-api-key={key}";
        }

        if (host.IsDevelopment())
        {
            // Somebody is looking: a second of delay instead of five, and nothing sampled away.
            variables["OTEL_BSP_SCHEDULE_DELAY"] = "1000";
            variables["OTEL_BLRP_SCHEDULE_DELAY"] = "1000";
            variables["OTEL_METRIC_EXPORT_INTERVAL"] = "1000";
            variables["OTEL_TRACES_SAMPLER"] = "always_on";
            variables["OTEL_METRICS_EXEMPLAR_FILTER"] = "trace_based";
        }
    }

    // DOTNET_… is the name from before Aspire 13.
    private string? Setting(string name) =>
        configuration[$"ASPIRE_{name}"] is { Length: > 0 } value ? value
        : configuration[$"DOTNET_{name}"] is { Length: > 0 } legacy ? legacy
        : null;
}
