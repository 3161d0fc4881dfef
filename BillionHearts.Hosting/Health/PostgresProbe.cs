using BillionHearts.Hosting.ApplicationModel;
using Npgsql;

namespace BillionHearts.Hosting.Health;

/// <summary>A new connection and one statement, as a client would: a server that starts up or shuts down refuses it.</summary>
internal sealed class PostgresProbe(ReferenceExpression connectionString, string? database) : IHealthProbe
{
    public async Task CheckAsync(CancellationToken cancellationToken)
    {
        await using var connection = await OpenAsync(connectionString, database, cancellationToken);
        await using var command = new NpgsqlCommand("SELECT 1", connection);
        await command.ExecuteScalarAsync(cancellationToken);
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    public static async Task<NpgsqlConnection> OpenAsync(
        ReferenceExpression connectionString, string? database, CancellationToken cancellationToken)
    {
        var settings = new NpgsqlConnectionStringBuilder(await connectionString.GetValueAsync(cancellationToken)) { Pooling = false, Timeout = 3 };

        if (database is not null)
        {
            settings.Database = database;
        }

        var connection = new NpgsqlConnection(settings.ConnectionString);

        try
        {
            await connection.OpenAsync(cancellationToken);
            return connection;
        }
        catch
        {
            await connection.DisposeAsync();
            throw;
        }
    }
}
