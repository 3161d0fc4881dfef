using Microsoft.Extensions.Configuration;

internal static class ParameterExtensions
{
    /// <summary>
    /// What configuration gives a parameter, or null. A variable's name cannot hold a dash, so <c>Parameters__warm_edge</c> is <c>Parameters:warm-edge</c>,
    /// as Aspire reads it.
    /// </summary>
    public static string? Configured(this IDistributedApplicationBuilder builder, string name) =>
        builder.Configuration[$"Parameters:{name}"] ?? builder.Configuration[$"Parameters:{name.Replace('-', '_')}"];

    /// <summary>Adds a parameter that configuration decides, with a value for where it does not, here and where it is published.</summary>
    public static IResourceBuilder<ParameterResource> AddParameterWithDefault(this IDistributedApplicationBuilder builder, string name, string otherwise) =>
        // Aspire's own AddParameter with a value would ignore what configuration says.
        builder.AddParameter(name, () => builder.Configured(name) ?? otherwise, publishValueAsDefault: true);
}
