using BillionHearts.Hosting.ApplicationModel;
using BillionHearts.Hosting.Health;
using Npgsql;

namespace BillionHearts.Hosting.Orchestration;

/// <summary>Has no process: creates its database whenever the server has become healthy, and shares the server's fate.</summary>
internal sealed class DatabaseRunner(ResourceInstance instance, ResourceNotificationService notifications, TimeProvider clock)
    : ResourceRunner(instance)
{
    private static readonly TimeSpan s_retryDelay = TimeSpan.FromMilliseconds(250);

    private readonly PostgresDatabaseResource _database = (PostgresDatabaseResource)instance.Resource;

    public override bool HasLifecycle => false;

    protected override async Task SuperviseAsync(CancellationToken stopping)
    {
        try
        {
            while (true)
            {
                await FollowServerAsync(stopping);

                if (!await TryCreateAsync(stopping))
                {
                    continue;
                }

                Instance.Publish(snapshot => snapshot with
                {
                    State = KnownResourceStates.Running,
                    Reason = null,
                    StartTimeStamp = clock.GetUtcNow().UtcDateTime,
                    HealthReports = [.. Instance.UnknownHealth],
                });
                await WatchAsync(stopping);
            }
        }
        catch (OperationCanceledException)
        {
            Instance.PublishState(KnownResourceStates.Exited, "stopped");
        }
        catch (Exception exception) when (exception is not OutOfMemoryException)
        {
            Instance.Log.Append(exception.ToString(), isError: true);
            Instance.PublishState(KnownResourceStates.FailedToStart, exception.Message);
        }
    }

    private async Task FollowServerAsync(CancellationToken stopping)
    {
        var server = _database.Parent.Name;
        await notifications.WaitForResourceAsync(
            server,
            update =>
            {
                if (!update.Snapshot.IsReady)
                {
                    Follow(update.Snapshot);
                }

                return update.Snapshot.IsReady;
            },
            stopping);
    }

    private void Follow(CustomResourceSnapshot server)
    {
        var (state, reason) = server.State?.Text switch
        {
            "FailedToStart" => (KnownResourceStates.FailedToStart, $"'{_database.Parent.Name}' failed to start"),
            "Exited" or "Finished" or "Stopping" => (server.State.Text, $"'{_database.Parent.Name}' has stopped"),
            _ => (KnownResourceStates.Waiting, $"Waiting for {_database.Parent.Name}"),
        };

        if (Instance.Snapshot.State?.Text != state)
        {
            Instance.Publish(snapshot => snapshot with { State = state, Reason = reason, HealthReports = [] });
        }
    }

    private async Task<bool> TryCreateAsync(CancellationToken stopping)
    {
        Instance.PublishState(KnownResourceStates.Starting);

        try
        {
            await using var connection = await PostgresProbe.OpenAsync(_database.Parent.ConnectionStringExpression, "postgres", stopping);
            var name = new NpgsqlCommandBuilder().QuoteIdentifier(_database.DatabaseName);
#pragma warning disable CA2100 // A name cannot be a parameter; it is quoted.
            await using var command = new NpgsqlCommand($"CREATE DATABASE {name}", connection);
#pragma warning restore CA2100
            await command.ExecuteNonQueryAsync(stopping);
            Instance.Log.Append($"Created the database {name}.", isError: false);
            return true;
        }
        catch (PostgresException exception) when (exception.SqlState is PostgresErrorCodes.DuplicateDatabase)
        {
            // Kept from an earlier run.
            return true;
        }
        catch (NpgsqlException exception)
        {
            // The server went away between its health check and this.
            Instance.Log.Append(exception.Message, isError: true);
            await Task.Delay(s_retryDelay, clock, stopping);
            return false;
        }
    }

    private async Task WatchAsync(CancellationToken stopping)
    {
        using var watching = CancellationTokenSource.CreateLinkedTokenSource(stopping);
        var monitoring = new HealthMonitor(Instance, clock).RunAsync(watching.Token);
        await notifications.WaitForResourceAsync(
            _database.Parent.Name, update => update.Snapshot.State?.Text != KnownResourceStates.Running, stopping);
        await watching.CancelAsync();
        await monitoring;
    }
}
