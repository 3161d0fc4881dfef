using BillionHearts.Hosting.Servers;
using Npgsql;

namespace BillionHearts.Hosting.Tests.Servers;

public sealed class PostgresServerTests : IAsyncDisposable
{
    private readonly NativeServer _server = Containers.Postgres();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Fact]
    public async Task Committed_rows_survive_a_kill_and_a_stop()
    {
        await _server.StartAsync(() => ExecuteAsync(_server, "CREATE TABLE t(i int)"));
        await ExecuteAsync(_server, "INSERT INTO t VALUES (1)");

        await _server.KillAsync();
        await _server.StartAsync(() => ExecuteAsync(_server, "INSERT INTO t VALUES (2)"));

        Assert.Equal(0, await _server.StopAsync());
        await _server.StartAsync(() => ExecuteAsync(_server, "INSERT INTO t VALUES (3)"));
        Assert.Equal(3L, await ExecuteAsync(_server, "SELECT count(*) FROM t"));
        Assert.Equal("on|scram-sha-256|127.0.0.1|200", await ExecuteAsync(
            _server, "SELECT concat_ws('|', current_setting('fsync'), current_setting('password_encryption'), current_setting('listen_addresses'), current_setting('max_connections'))"));
    }

    [Fact]
    public async Task A_stop_ends_open_sessions()
    {
        await _server.StartAsync(() => ExecuteAsync(_server, "SELECT 1"));
        await using var open = await OpenAsync(_server);

        Assert.Equal(0, await _server.StopAsync());
    }

    [Fact]
    public async Task Two_servers_run_side_by_side()
    {
        await using var other = Containers.Postgres();
        await Task.WhenAll(
            _server.StartAsync(() => ExecuteAsync(_server, "SELECT 1")),
            other.StartAsync(() => ExecuteAsync(other, "SELECT 1")));

        await ExecuteAsync(_server, "CREATE TABLE only_here(i int)");

        await Assert.ThrowsAsync<PostgresException>(() => ExecuteAsync(other, "SELECT * FROM only_here"));
    }

    [Fact]
    public async Task Arguments_and_the_database_are_those_of_the_image()
    {
        _server.With("POSTGRES_USER", "app").With("POSTGRES_DB", "the \"db\"").WithArguments("-c", "max_connections=33");

        await _server.StartAsync(() => ExecuteAsync(_server, "SELECT 1", "app", "the \"db\""));

        Assert.Equal("33", await ExecuteAsync(_server, "SHOW max_connections", "app", "the \"db\""));
    }

    [Fact]
    public async Task A_wrong_password_is_refused()
    {
        await _server.StartAsync(() => ExecuteAsync(_server, "SELECT 1"));

        var refusal = await Assert.ThrowsAsync<PostgresException>(async () => await OpenAsync(_server, password: "other"));

        Assert.Equal(PostgresErrorCodes.InvalidPassword, refusal.SqlState);
    }

    [Fact]
    public async Task A_password_that_does_not_match_the_data_is_one_sentence()
    {
        await _server.StartAsync(() => ExecuteAsync(_server, "SELECT 1"));
        await _server.StopAsync();
        _server.With("POSTGRES_PASSWORD", "other");

        var refusal = await _server.RefusalAsync();

        Assert.Equal(
            $"Resource 'it' cannot start: the data in '{_server.Folder}/volume' was created with another user or password, and PostgreSQL keeps those. "
            + $"The generated password is 'it-password' in '{_server.Folder}/secrets.json': remove your own setting "
            + "'Parameters:it-password', or set it to the password that the data was created with.",
            refusal);
    }

    [Fact]
    public async Task A_lock_whose_pid_now_belongs_to_something_else_does_not_stop_the_start()
    {
        await _server.StartAsync(() => ExecuteAsync(_server, "SELECT 1"));
        await _server.KillAsync();
        var file = Directory.EnumerateFiles(_server.Folder, "postmaster.pid", SearchOption.AllDirectories).Single();
        var content = await File.ReadAllLinesAsync(file, Cancel);
        await File.WriteAllLinesAsync(file, [$"{Environment.ProcessId}", .. content[1..]], Cancel);

        await _server.StartAsync(() => ExecuteAsync(_server, "SELECT 1"));
    }

    [Fact]
    public async Task Data_that_another_server_uses_is_one_sentence()
    {
        await _server.StartAsync(() => ExecuteAsync(_server, "SELECT 1"));

        var refusal = await _server.WithEndpoint(5432, LoopbackPorts.Take()).RefusalAsync();

        Assert.Contains($"another PostgreSQL, process {_server.Program.ServerId}, uses", refusal, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_interrupted_initialization_begins_again()
    {
        var unfinished = Directory.CreateDirectory(Path.Combine(_server.Folder, "volume.unfinished"));
        await File.WriteAllTextAsync(Path.Combine(unfinished.FullName, "PG_VERSION"), "18\n", Cancel);

        await _server.StartAsync(() => ExecuteAsync(_server, "SELECT 1"));

        Assert.False(unfinished.Exists && Directory.Exists(unfinished.FullName));
    }

    [Theory]
    [InlineData("POSTGRES_INITDB_WALDIR", "/x", "as a native process it does not support the variable POSTGRES_INITDB_WALDIR")]
    [InlineData("POSTGRES_PASSWORD", "", "POSTGRES_PASSWORD is not set")]
    [InlineData("POSTGRES_INITDB_ARGS", "--nonsense", "initdb failed with exit code 1: ")]
    public async Task A_setting_that_cannot_be_honoured_is_one_sentence(string variable, string value, string sentence)
    {
        _server.With(variable, value);

        var refusal = await _server.RefusalAsync();

        Assert.StartsWith($"Resource 'it' cannot start: {sentence}", refusal, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Data_of_another_version_is_one_sentence()
    {
        Directory.CreateDirectory(Path.Combine(_server.Folder, "volume"));
        await File.WriteAllTextAsync(Path.Combine(_server.Folder, "volume/PG_VERSION"), "15\n", Cancel);

        var refusal = await _server.RefusalAsync();

        Assert.Contains("has data of PostgreSQL 15, but this is PostgreSQL 18", refusal, StringComparison.Ordinal);
    }

    internal static async Task<NpgsqlConnection> OpenAsync(NativeServer server, string user = "postgres", string database = "postgres", string password = Containers.PostgresPassword)
    {
        var connection = new NpgsqlConnection(new NpgsqlConnectionStringBuilder
        {
            Host = "127.0.0.1",
            Port = server.Port,
            Username = user,
            Password = password,
            Database = database,
            Pooling = false,
        }.ConnectionString);
        await connection.OpenAsync(Cancel);
        return connection;
    }

    private static async Task<object?> ExecuteAsync(NativeServer server, string sql, string user = "postgres", string database = "postgres")
    {
        await using var connection = await OpenAsync(server, user, database);
        await using var command = new NpgsqlCommand(sql, connection);
        return await command.ExecuteScalarAsync(Cancel);
    }
}
