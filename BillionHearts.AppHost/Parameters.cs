using Microsoft.Extensions.Configuration;

internal static class ParameterExtensions
{
    /// <summary>
    /// The value of a parameter in configuration, or null. The name of a variable cannot contain a dash, so <c>Parameters__warm_edge</c> sets
    /// <c>Parameters:warm-edge</c>, as in Aspire.
    /// </summary>
    public static string? Configured(this IDistributedApplicationBuilder builder, string name) =>
        builder.Configuration[$"Parameters:{name}"] ?? builder.Configuration[$"Parameters:{name.Replace('-', '_')}"];

    /// <summary>Adds a parameter that configuration can set, with a default for this machine and for what is published.</summary>
    public static IResourceBuilder<ParameterResource> AddParameterWithDefault(this IDistributedApplicationBuilder builder, string name, string defaultValue) =>
        // Aspire's own AddParameter with a value ignores configuration.
        builder.AddParameter(name, () => builder.Configured(name) ?? defaultValue, publishValueAsDefault: true);
}
