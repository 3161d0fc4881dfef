using BillionHearts.Tests.Distributed;

namespace BillionHearts.Tests.Notifications.Webhooks;

/// <summary>The classes that share it run one after another.</summary>
[CollectionDefinition]
public sealed class WebhookService : ICollectionFixture<WebhooksFixture>;

/// <summary>One service that may call this machine, and one receiver, for tests that each have a user and paths of their own.</summary>
public sealed class WebhooksFixture(AppHostFixture app) : IAsyncLifetime
{
    internal static readonly (string, string)[] Settings = [("Webhooks:AllowLoopback", "true"), ("Webhooks:PerUser", "3")];

    internal NotificationsHost Host { get; private set; } = null!;

    internal WebhookReceiver Receiver { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        Receiver = await WebhookReceiver.StartAsync(TestContext.Current.CancellationToken);
        Host = await NotificationsHost.StartAsync(app, TestContext.Current.CancellationToken, Settings);
    }

    public async ValueTask DisposeAsync()
    {
        await Host.DisposeAsync();
        await Receiver.DisposeAsync();
    }

    internal WebhookClient NewClient() => new(Host.Http, TestEvents.NewUser());
}
