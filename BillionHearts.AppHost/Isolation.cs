using Microsoft.Extensions.Configuration;

internal static class IsolationExtensions
{
    /// <summary>
    /// Whether a person started this AppHost to use it. Not so when it publishes, nor when it is one of several beside each other, with free ports and data of
    /// its own: Aspire.Hosting.Testing says so by this setting, and <c>aspire run --isolated</c>.
    /// </summary>
    public static bool IsForAPerson(this IDistributedApplicationBuilder builder) =>
        builder.ExecutionContext.IsRunMode && !builder.Configuration.GetValue<bool>("DcpPublisher:RandomizePorts");
}
