using System.Net.Http.Headers;
using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;
using System.Text.Json;
using BillionHearts.Contracts;
using BillionHearts.Notifications;
using BillionHearts.Notifications.Data;
using BillionHearts.Notifications.Events;
using BillionHearts.Tests.Distributed;
using BillionHearts.Tests.ServiceDefaults;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace BillionHearts.Tests.Notifications;

/// <summary>The notifications service with a broker, a database and an api of its own.</summary>
internal sealed class NotificationsHost : IAsyncDisposable
{
    private NotificationsHost(WebApplication app, ScratchDatabase database, TestBroker broker, UsersApi users)
    {
        (App, Database, Broker, Users) = (app, database, broker, users);

        // Otherwise a client that disconnects keeps reading for two seconds, in case the answer ends.
        Http = new HttpClient(new SocketsHttpHandler { ResponseDrainTimeout = TimeSpan.Zero }) { BaseAddress = new Uri(app.Urls.Single()), Timeout = TimeSpan.FromSeconds(30) };
    }

    public WebApplication App { get; }

    public ScratchDatabase Database { get; }

    public TestBroker Broker { get; }

    public HttpClient Http { get; }

    public UsersApi Users { get; }

    /// <summary>Starts the service on a migrated database, knowing the users 1 to 1000.</summary>
    /// <param name="settings">Settings that do not have their defaults.</param>
    public static Task<NotificationsHost> StartAsync(
        AppHostFixture fixture, CancellationToken cancellationToken, params (string Name, string Value)[] settings) =>
        StartAsync(fixture, TimeProvider.System, cancellationToken, settings);

    /// <inheritdoc cref="StartAsync(AppHostFixture, CancellationToken, ValueTuple{string, string}[])"/>
    public static async Task<NotificationsHost> StartAsync(
        AppHostFixture fixture, TimeProvider clock, CancellationToken cancellationToken, params (string Name, string Value)[] settings)
    {
        var database = await MigratedDatabases.CreateAsync<NotificationsDbContext>(fixture, beside: "notificationsdb", cancellationToken);
        var broker = await TestBroker.CreateAsync(fixture, cancellationToken);
        var users = await UsersApi.StartAsync(cancellationToken);
        var app = Build(database.ConnectionString, broker.ConnectionString, users.Address, clock, settings);
        await app.StartAsync(cancellationToken);

        var host = new NotificationsHost(app, database, broker, users);
        await Eventually.ReadAsync(
            cancel =>
            {
                // The service keeps a health report for a second of this clock.
                (clock as ManualClock)?.Advance(TimeSpan.FromSeconds(1));
                return host.HealthAsync(cancel);
            },
            until: body => body.Contains("\"status\":\"Healthy\",\"checks\"", StringComparison.Ordinal),
            TimeSpan.FromSeconds(30),
            cancellationToken);

        return host;
    }

    public async Task<string> HealthAsync(CancellationToken cancellationToken)
    {
        using var response = await Http.GetAsync(new Uri("/health", UriKind.Relative), cancellationToken);

        return await response.Content.ReadAsStringAsync(cancellationToken);
    }

    public ValueTask StopUsersAsync() => Users.DisposeAsync();

    public Task PublishAsync(ImageEvent imageEvent, CancellationToken cancellationToken) =>
        Broker.PublishAsync(imageEvent.Type, imageEvent.EventId, JsonSerializer.SerializeToUtf8Bytes(imageEvent), cancellationToken);

    /// <summary>Stores an event as another replica would: the streams of this one are not notified.</summary>
    public async Task<bool> AppendAsync(ImageEvent imageEvent, CancellationToken cancellationToken)
    {
        await using var scope = App.Services.CreateAsyncScope();

        return await scope.ServiceProvider.GetRequiredService<EventStore>().AppendAsync(imageEvent, cancellationToken);
    }

    public Task<HttpResponseMessage> OpenAsync(long userId, string? lastEventId, CancellationToken cancellationToken) =>
        OpenAsync(userId, lastEventId, token: null, cancellationToken);

    public async Task<HttpResponseMessage> OpenAsync(long userId, string? lastEventId, string? token, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, $"/users/{userId}/events");
        request.Headers.Authorization = token is null ? null : new AuthenticationHeaderValue("Bearer", token);

        if (lastEventId is not null)
        {
            request.Headers.TryAddWithoutValidation("Last-Event-ID", lastEventId);
        }

        return await Http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
    }

    public async IAsyncEnumerable<ReceivedEvent> EventsAsync(
        long userId, string? lastEventId, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var response = await OpenAsync(userId, lastEventId, cancellationToken);

        await foreach (var received in ReadAsync(response, cancellationToken))
        {
            yield return received;
        }
    }

    /// <summary>The events of a stream that is open.</summary>
    public static async IAsyncEnumerable<ReceivedEvent> ReadAsync(HttpResponseMessage response, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        response.EnsureSuccessStatusCode();
        await using var stream = await response.Content.ReadAsStreamAsync(cancellationToken);

        await foreach (var item in SseParser.Create(stream).EnumerateAsync(cancellationToken))
        {
            yield return new ReceivedEvent(item.EventId!, item.EventType, JsonElement.Parse(item.Data));
        }
    }

    /// <summary>Reads so many events after an id, then disconnects.</summary>
    public async Task<List<ReceivedEvent>> TakeAsync(long userId, string? lastEventId, int count, CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(TimeSpan.FromSeconds(30));

        return await EventsAsync(userId, lastEventId, limit.Token).Take(count).ToListAsync(limit.Token);
    }

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        await App.StopAsync(CancellationToken.None);
        await App.DisposeAsync();
        await Users.DisposeAsync();
        await Broker.DisposeAsync();
        await Database.DisposeAsync();
    }

    private static WebApplication Build(
        string database, string broker, string users, TimeProvider clock, (string Name, string Value)[] settings)
    {
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions { EnvironmentName = Environments.Development });
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Configuration.AddInMemoryCollection(
        [
            new("ConnectionStrings:notificationsdb", database),
            new("ConnectionStrings:messaging", broker),
            new("services:api:http:0", users),
            .. settings.Select(setting => KeyValuePair.Create(setting.Name, (string?)setting.Value)),
        ]);
        builder.Services.AddSingleton(clock);

        return NotificationsApplication.Build(builder);
    }
}

internal sealed record ReceivedEvent(string Id, string Type, JsonElement Data)
{
    public Guid EventId => Data.GetProperty("event_id").GetGuid();
}
