/// <param name="SecretKey">Encrypts the secrets of webhooks in the database.</param>
/// <param name="ToLoopback">Whether receivers may run on this machine; null in what is published.</param>
internal sealed record WebhookSettings(IResourceBuilder<ParameterResource> SecretKey, IResourceBuilder<ParameterResource>? ToLoopback);

internal static class WebhookExtensions
{
    private const string Key = "webhook-secret-key";

    /// <summary>
    /// Adds the key that encrypts the secrets of webhooks. Without one, the service uses its development key on this machine; what is published asks for it.
    /// On this machine, <c>webhooks-to-loopback</c> lets receivers run beside the service.
    /// </summary>
    public static WebhookSettings AddWebhooks(this IDistributedApplicationBuilder builder) => builder.ExecutionContext.IsPublishMode
        ? new WebhookSettings(builder.AddParameter(Key, secret: true), ToLoopback: null)
        : new WebhookSettings(
            builder.AddParameter(Key, () => builder.Configured(Key) ?? "", secret: true), builder.AddParameterWithDefault("webhooks-to-loopback", "false"));

    public static IResourceBuilder<ProjectResource> WithWebhooks(this IResourceBuilder<ProjectResource> notifications, WebhookSettings webhooks)
    {
        notifications.WithEnvironment("Webhooks__SecretKey", webhooks.SecretKey);

        return webhooks.ToLoopback is { } toLoopback ? notifications.WithEnvironment("Webhooks__AllowLoopback", toLoopback) : notifications;
    }
}
