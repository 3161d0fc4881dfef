using Microsoft.Extensions.Configuration;

internal static class IsolationExtensions
{
    /// <summary>
    /// Whether a person started this AppHost to use it: not to publish, and not isolated with free ports and data of its own. Aspire.Hosting.Testing and
    /// <c>aspire run --isolated</c> set this setting.
    /// </summary>
    public static bool IsInteractive(this IDistributedApplicationBuilder builder) =>
        builder.ExecutionContext.IsRunMode && !builder.Configuration.GetValue<bool>("DcpPublisher:RandomizePorts");
}
