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

    /// <summary>
    /// Adds the parameters. On this machine nobody needs a token unless <c>require-tokens</c> is true, and without <c>token-signing-key</c> one that
    /// everybody knows signs them, which the api accepts in Development only. What is published needs tokens, and keys of its own.
    /// </summary>
    public static AccessParameters AddAccess(this IDistributedApplicationBuilder builder)
    {
        if (!builder.ExecutionContext.IsRunMode)
        {
            return new AccessParameters(
                builder.AddParameter(RequireTokens, "true"),
                builder.AddParameter("token-signing-key", secret: true),
                builder.AddParameter("media-signing-key", secret: true),
                builder.AddParameter("edge-key", secret: true));
        }

        // Addresses of bytes are signed where tokens are needed: then the gateway lets nobody in by an address alone that has expired. They live for
        // minutes, so a key that lives as long as this run is enough.
        var isStrict = bool.TryParse(builder.Configuration[$"Parameters:{RequireTokens}"], out var given) && given;
        var mediaKey = isStrict ? NewKey() : "";

        return new AccessParameters(
            builder.AddParameter(RequireTokens, "false"),
            builder.AddParameter("token-signing-key", "", secret: true),
            builder.AddParameter("media-signing-key", mediaKey, secret: true),
            builder.AddParameter("edge-key", NewKey(), secret: true));
    }

    private static string NewKey() => Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(32));
}
