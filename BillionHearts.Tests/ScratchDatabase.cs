using BillionHearts.Tests.Distributed;
using Npgsql;

namespace BillionHearts.Tests;

/// <summary>A database of its own at the server of the application under test.</summary>
internal sealed class ScratchDatabase : IAsyncDisposable
{
    private readonly string _server;
    private readonly string _name;

    private ScratchDatabase(string server, string name)
    {
        (_server, _name) = (server, name);
        ConnectionString = new NpgsqlConnectionStringBuilder(server) { Database = name, Username = name, Password = name }.ConnectionString;
    }

    /// <summary>With a superuser role, for tests that a superuser is refused.</summary>
    public string SuperuserConnectionString => new NpgsqlConnectionStringBuilder(_server) { Database = _name }.ConnectionString;

    public string ConnectionString { get; }

    /// <summary>An empty one.</summary>
    /// <param name="beside">A database of the application, at whose server this one is made.</param>
    public static async Task<ScratchDatabase> CreateAsync(AppHostFixture fixture, string beside, CancellationToken cancellationToken) =>
        await CreateAsync(await ServerAsync(fixture, beside, cancellationToken), cancellationToken);

    public static async Task<ScratchDatabase> CreateAsync(string server, CancellationToken cancellationToken)
    {
        var database = await WithRoleAsync(server, cancellationToken);
        await database.OnServerAsync($"CREATE DATABASE {database._name} OWNER {database._name}", cancellationToken);

        return database;
    }

    /// <param name="template">Nothing may be connected to it.</param>
    public static async Task<ScratchDatabase> CopyAsync(string server, ScratchDatabase template, CancellationToken cancellationToken)
    {
        var database = await WithRoleAsync(server, cancellationToken);
        await database.OnServerAsync($"CREATE DATABASE {database._name} OWNER {database._name} TEMPLATE {template._name}", cancellationToken);
        await ExecuteAsync(database.SuperuserConnectionString, $"REASSIGN OWNED BY {template._name} TO {database._name}", cancellationToken);

        return database;
    }

    /// <returns>A superuser's connection string.</returns>
    public static async Task<string> ServerAsync(AppHostFixture fixture, string beside, CancellationToken cancellationToken) =>
        await (await fixture.AppAsync(cancellationToken)).GetConnectionStringAsync(beside, cancellationToken)
            ?? throw new InvalidOperationException($"The AppHost gives no connection string for '{beside}'.");

    public Task ExecuteAsync(string sql, CancellationToken cancellationToken) => ExecuteAsync(ConnectionString, sql, cancellationToken);

    /// <summary>For commands that cannot run inside the database that they change.</summary>
    public Task OnServerAsync(string sql, CancellationToken cancellationToken) => ExecuteAsync(_server, sql, cancellationToken);

    public async Task<T> ScalarAsync<T>(string sql, CancellationToken cancellationToken)
    {
        await using var connection = new NpgsqlConnection(ConnectionString);
        await connection.OpenAsync(cancellationToken);
        await using var command = new NpgsqlCommand(sql, connection);

        return (T)(await command.ExecuteScalarAsync(cancellationToken))!;
    }

    /// <summary>Closes this database to everyone and breaks the connections to it, or opens it again.</summary>
    public async Task AllowConnectionsAsync(bool allowed, CancellationToken cancellationToken)
    {
        await OnServerAsync(
            allowed
                ? $"ALTER DATABASE {_name} ALLOW_CONNECTIONS true"
                : $"ALTER DATABASE {_name} ALLOW_CONNECTIONS false; SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{_name}'",
            cancellationToken);

        // The test's own broken connections would otherwise be taken from the pool, and the test, unlike a service, does not retry.
        await using var connection = new NpgsqlConnection(ConnectionString);
        NpgsqlConnection.ClearPool(connection);
    }

    /// <summary>Takes the database from its role, so that REASSIGN OWNED in a copy leaves it alone, and keeps everybody out.</summary>
    public Task MakeTemplateAsync(CancellationToken cancellationToken) =>
        OnServerAsync($"ALTER DATABASE {_name} OWNER TO CURRENT_USER; ALTER DATABASE {_name} ALLOW_CONNECTIONS false", cancellationToken);

    public async ValueTask DisposeAsync()
    {
        NpgsqlConnection.ClearAllPools();
        await OnServerAsync($"DROP DATABASE {_name} WITH (FORCE)", CancellationToken.None);
        await OnServerAsync($"DROP ROLE {_name}", CancellationToken.None);
    }

    /// <summary>A role of its own without superuser rights: the service must not need them.</summary>
    private static async Task<ScratchDatabase> WithRoleAsync(string server, CancellationToken cancellationToken)
    {
        var database = new ScratchDatabase(server, $"test_{Guid.NewGuid():n}");
        await database.OnServerAsync($"CREATE ROLE {database._name} LOGIN PASSWORD '{database._name}'", cancellationToken);

        return database;
    }

    private static async Task ExecuteAsync(string connectionString, string sql, CancellationToken cancellationToken)
    {
        await using var connection = new NpgsqlConnection(connectionString);
        await connection.OpenAsync(cancellationToken);
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }
}
