using System.Security.Cryptography;

/// <summary>Whether requests need a token, and the keys that sign.</summary>
internal sealed record AccessParameters(
    IResourceBuilder<ParameterResource> RequireTokens,
    IResourceBuilder<ParameterResource> SigningKey,
    IResourceBuilder<ParameterResource> MediaKey,
    IResourceBuilder<ParameterResource> EdgeKey);

internal static class AccessExtensions
{
    private const string RequireTokens = "require-tokens";
    private const string SigningKey = "token-signing-key";
    private const string MediaKey = "media-signing-key";
    private const string EdgeKey = "edge-key";

    /// <summary>
    /// Adds the parameters, each of which configuration can set. On this machine tokens are optional unless <c>require-tokens</c> is true. While they are
    /// optional, a published development key signs them; once they are required, the AppHost generates a key, because the api refuses the development key then.
    /// What is published requires tokens and asks for its keys.
    /// </summary>
    public static AccessParameters AddAccess(this IDistributedApplicationBuilder builder)
    {
        if (builder.ExecutionContext.IsPublishMode)
        {
            return new AccessParameters(
                builder.AddParameterWithDefault(RequireTokens, "true"),
                builder.AddParameter(SigningKey, secret: true),
                builder.AddParameter(MediaKey, secret: true),
                builder.AddParameter(EdgeKey, secret: true));
        }

        // Addresses of media are signed where tokens are required, so that the gateway refuses those that have expired. They are valid for minutes, so a key
        // for each run is enough.
        var requiresTokens = builder.RequiresTokens();

        return new AccessParameters(
            builder.AddParameterWithDefault(RequireTokens, "false"),
            requiresTokens ? builder.AddGeneratedSigningKey(SigningKey) : builder.AddSecret(SigningKey, ""),
            builder.AddSecret(MediaKey, requiresTokens ? NewKey() : ""),
            builder.AddSecret(EdgeKey, NewKey()));
    }

    /// <summary>Whether requests need a token in this run.</summary>
    public static bool RequiresTokens(this IDistributedApplicationBuilder builder) => bool.TryParse(builder.Configured(RequireTokens), out var configured) && configured;

    private static IResourceBuilder<ParameterResource> AddSecret(this IDistributedApplicationBuilder builder, string name, string defaultValue) =>
        builder.AddParameter(name, () => builder.Configured(name) ?? defaultValue, secret: true);

    private static string NewKey() => Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(32));
}
