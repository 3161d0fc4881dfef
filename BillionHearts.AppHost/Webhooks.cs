internal static class WebhookExtensions
{
    private const string Key = "webhook-secret-key";

    /// <summary>
    /// Gives the service the key that encrypts the secrets of webhooks. Without one, the service uses its development key on this machine; what is published
    /// asks for it. On this machine, <c>webhooks-to-loopback</c> lets receivers run beside the service.
    /// </summary>
    public static IResourceBuilder<ProjectResource> WithWebhooks(this IResourceBuilder<ProjectResource> notifications)
    {
        var builder = notifications.ApplicationBuilder;

        return builder.ExecutionContext.IsPublishMode
            ? notifications.WithEnvironment("Webhooks__SecretKey", builder.AddParameter(Key, secret: true))
            : notifications
                .WithEnvironment("Webhooks__SecretKey", builder.AddParameter(Key, () => builder.Configured(Key) ?? "", secret: true))
                .WithEnvironment("Webhooks__AllowLoopback", builder.AddParameterWithDefault("webhooks-to-loopback", "false"));
    }
}
