using BillionHearts.Tests.Distributed;

namespace BillionHearts.Tests.Notifications;

/// <summary>One service for the tests of a class that each look at a user of their own.</summary>
public sealed class NotificationsFixture(AppHostFixture app) : IAsyncLifetime
{
    internal NotificationsHost Host { get; private set; } = null!;

    public async ValueTask InitializeAsync() =>
        Host = await NotificationsHost.StartAsync(app, TestContext.Current.CancellationToken);

    public ValueTask DisposeAsync() => Host.DisposeAsync();
}
