using System.Security.Cryptography;

/// <summary>Whether requests need a token, and the keys behind that.</summary>
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
    /// Adds the parameters, each of which configuration can give. On this machine nobody needs a token unless <c>require-tokens</c> is true, and without
    /// <c>token-signing-key</c> one that everybody knows signs them, which the api accepts in Development only. What is published needs tokens, and asks for
    /// keys of its own.
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

        // Addresses of bytes are signed where tokens are needed: then the gateway lets nobody in by an address alone that has expired. They live for
        // minutes, so a key that lives as long as this run is enough.
        var isStrict = bool.TryParse(builder.Configured(RequireTokens), out var given) && given;

        return new AccessParameters(
            builder.AddParameterWithDefault(RequireTokens, "false"),
            builder.AddSecret(SigningKey, ""),
            builder.AddSecret(MediaKey, isStrict ? NewKey() : ""),
            builder.AddSecret(EdgeKey, NewKey()));
    }

    private static IResourceBuilder<ParameterResource> AddSecret(this IDistributedApplicationBuilder builder, string name, string otherwise) =>
        builder.AddParameter(name, () => builder.Configured(name) ?? otherwise, secret: true);

    private static string NewKey() => Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(32));
}
