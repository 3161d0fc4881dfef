using BillionHearts.Hosting.ApplicationModel;
using Microsoft.Extensions.Configuration;

namespace BillionHearts.Hosting;

public static class ParameterResourceBuilderExtensions
{
    /// <summary>Read from <c>Parameters:name</c>: arguments, environment, user secrets, appsettings, in that order.</summary>
    public static IResourceBuilder<ParameterResource> AddParameter(this IDistributedApplicationBuilder builder, string name, bool secret = false) =>
        builder.AddResource(new ParameterResource(name, () => Read(builder, name) ?? throw Missing(name), secret));

    public static IResourceBuilder<ParameterResource> AddParameter(
        this IDistributedApplicationBuilder builder, string name, string value, bool publishValueAsDefault = false, bool secret = false) =>
        builder.AddParameter(name, () => value, publishValueAsDefault, secret);

    public static IResourceBuilder<ParameterResource> AddParameter(
        this IDistributedApplicationBuilder builder, string name, Func<string> valueGetter, bool publishValueAsDefault = false, bool secret = false) =>
        builder.AddResource(new ParameterResource(name, () => Read(builder, name) ?? valueGetter(), secret));

    public static IResourceBuilder<IResourceWithConnectionString> AddConnectionString(
        this IDistributedApplicationBuilder builder, string name, string? environmentVariableName = null)
    {
        var parameter = new ParameterResource(
            name,
            () => builder.Configuration.GetConnectionString(name) ?? throw new DistributedApplicationException(
                $"The connection string '{name}' is not set: pass --ConnectionStrings:{name}=…, set ConnectionStrings__{name}, or add it to the user secrets of the AppHost."),
            secret: true);

        return builder.AddResource(new ConnectionStringResource(name, parameter, environmentVariableName));
    }

    /// <summary>A password that nobody chose: made once, and kept beside the data that it opens.</summary>
    internal static ParameterResource CreateGeneratedPassword(IDistributedApplicationBuilder builder, string name)
    {
        var secrets = builder.Data.Secrets;
        var parameter = new ParameterResource(name, () => Read(builder, name) ?? secrets.GetOrCreate(name), secret: true);
        return builder.AddResource(parameter).Resource;
    }

    private static string? Read(IDistributedApplicationBuilder builder, string name) =>
        builder.Configuration[$"Parameters:{name}"] ?? builder.Configuration[$"Parameters:{ModelName.ToVariable(name)}"];

    private static DistributedApplicationException Missing(string name) => new(
        $"The parameter '{name}' has no value: pass --Parameters:{name}=…, set Parameters__{ModelName.ToVariable(name)}, or add it to the user secrets of the AppHost.");
}
