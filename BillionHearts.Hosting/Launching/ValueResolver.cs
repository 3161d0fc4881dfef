using System.Globalization;
using BillionHearts.Hosting.ApplicationModel;
using BillionHearts.Hosting.Orchestration;

namespace BillionHearts.Hosting.Launching;

/// <summary>Fills in what the verbs left open, for one instance. A value made from an endpoint with replicas has one entry for each.</summary>
internal sealed class ValueResolver(DistributedApplicationExecutionContext execution)
{
    public async Task<Dictionary<string, ResolvedValue>> EnvironmentOfAsync(
        ResourceInstance instance, Dictionary<string, object> defaults, CancellationToken cancellationToken)
    {
        var callbacks = new EnvironmentCallbackContext(execution, instance.Resource, defaults, cancellationToken);

        foreach (var annotation in instance.Resource.Annotations.OfType<EnvironmentCallbackAnnotation>().ToList())
        {
            await annotation.Callback(callbacks);
        }

        foreach (var endpoint in instance.Resource.Annotations.OfType<EndpointAnnotation>())
        {
            if (endpoint.PortVariable is { } variable)
            {
                callbacks.EnvironmentVariables.TryAdd(variable, endpoint.Allocations[instance.Replica].Port.ToString(CultureInfo.InvariantCulture));
            }
        }

        var resolved = new Dictionary<string, ResolvedValue>();

        foreach (var (name, value) in callbacks.EnvironmentVariables)
        {
            resolved[name] = new(await ResolveAsync(value, ContextOf(instance), cancellationToken), IsSecret(name, value));
        }

        return resolved;
    }

    public async Task<IReadOnlyList<string>> ArgumentsOfAsync(ResourceInstance instance, CancellationToken cancellationToken)
    {
        var callbacks = new CommandLineArgsCallbackContext([], instance.Resource, cancellationToken) { ExecutionContext = execution };

        foreach (var annotation in instance.Resource.Annotations.OfType<CommandLineArgsCallbackAnnotation>().ToList())
        {
            await annotation.Callback(callbacks);
        }

        var arguments = new List<string>();

        foreach (var argument in callbacks.Args)
        {
            arguments.AddRange(await ResolveAsync(argument, ContextOf(instance), cancellationToken));
        }

        return arguments;
    }

    private ValueProviderContext ContextOf(ResourceInstance instance) =>
        new() { ExecutionContext = execution, Caller = instance.Resource, Replica = instance.Replica };

    private static async ValueTask<IReadOnlyList<string>> ResolveAsync(object? value, ValueProviderContext context, CancellationToken cancellationToken) =>
        value switch
        {
            EndpointReference endpoint => endpoint.Property(EndpointProperty.Url).GetValues(context),
            EndpointReferenceExpression endpoint => endpoint.GetValues(context),
            ReferenceExpression expression => await CombineAsync(expression, context, cancellationToken),
            IResourceWithConnectionString resource => await ResolveAsync(resource.ConnectionStringExpression, context, cancellationToken),
            IResourceBuilder<IResource> builder => await ResolveAsync(builder.Resource, context, cancellationToken),
            IValueProvider provider => [await provider.GetValueAsync(context, cancellationToken) ?? string.Empty],
            _ => [Convert.ToString(value, CultureInfo.InvariantCulture) ?? string.Empty],
        };

    private static async ValueTask<IReadOnlyList<string>> CombineAsync(
        ReferenceExpression expression, ValueProviderContext context, CancellationToken cancellationToken)
    {
        var parts = new List<IReadOnlyList<string>>();

        foreach (var provider in expression.ValueProviders)
        {
            parts.Add(await ResolveAsync(provider, context, cancellationToken));
        }

        var count = parts.Count is 0 ? 1 : parts.Max(part => part.Count);

        return [.. Enumerable.Range(0, count).Select(i =>
            expression.Fill([.. parts.Select(part => part[Math.Min(i, part.Count - 1)])]) ?? string.Empty)];
    }

    private static bool IsSecret(string name, object? value) =>
        name.StartsWith("ConnectionStrings__", StringComparison.OrdinalIgnoreCase)
        || value is ParameterResource { Secret: true }
        || (value is ReferenceExpression expression && expression.ValueProviders.Any(provider => IsSecret(string.Empty, provider)))
        || (value is IResourceWithConnectionString resource && IsSecret(string.Empty, resource.ConnectionStringExpression));
}

internal sealed record ResolvedValue(IReadOnlyList<string> Values, bool IsSecret);

internal static class ResolvedValueExtensions
{
    public static EnvironmentVariableSnapshot[] ToSnapshot(this Dictionary<string, ResolvedValue> environment) =>
        [.. environment.OrderBy(variable => variable.Key, StringComparer.Ordinal).Select(variable =>
            new EnvironmentVariableSnapshot(variable.Key, string.Join(", ", variable.Value.Values), IsFromSpec: true) { IsSecret = variable.Value.IsSecret })];
}
