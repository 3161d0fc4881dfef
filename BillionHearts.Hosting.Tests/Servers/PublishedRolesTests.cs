using System.Diagnostics;
using Npgsql;

namespace BillionHearts.Hosting.Tests.Servers;

/// <summary>The script that the published image of PostgreSQL runs with its first data, on a real server.</summary>
public sealed class PublishedRolesTests : IAsyncDisposable
{
    private const string ImagesPassword = "a'b\"c $d";

    private readonly NativeServer _server = Containers.Postgres();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Fact]
    public async Task Each_service_owns_its_database_is_no_superuser_and_reaches_no_other()
    {
        await _server.StartAsync(async () => await ScalarAsync("postgres", "postgres", Containers.PostgresPassword, "SELECT 1"));

        Assert.Equal(0, await RunScriptAsync());

        Assert.Equal("images|imagesdb|f", await ScalarAsync("images", "imagesdb", ImagesPassword, """
            CREATE TABLE owned(i int);
            SELECT concat_ws('|', current_user, current_database(), rolsuper) FROM pg_roles WHERE rolname = current_user
            """));
        Assert.Equal("notifications", await ScalarAsync("notifications", "notificationsdb", "other", "SELECT current_user::text"));
        var refused = await Assert.ThrowsAsync<PostgresException>(() => ScalarAsync("notifications", "imagesdb", "other", "SELECT 1"));
        Assert.Equal(PostgresErrorCodes.InsufficientPrivilege, refused.SqlState);
    }

    private async Task<int> RunScriptAsync()
    {
        var start = new ProcessStartInfo("sh", [Path.Combine(Repository.Root, "BillionHearts.AppHost", "postgres", "roles.sh")])
        {
            Environment =
            {
                ["PGHOST"] = "127.0.0.1",
                ["PGPORT"] = $"{_server.Port}",
                ["PGPASSWORD"] = Containers.PostgresPassword,
                ["POSTGRES_USER"] = "postgres",
                ["IMAGESDB_PASSWORD"] = ImagesPassword,
                ["NOTIFICATIONSDB_PASSWORD"] = "other",
            },
        };
        using var script = Process.Start(start)!;
        await script.WaitForExitAsync(Cancel);
        return script.ExitCode;
    }

    private async Task<object?> ScalarAsync(string user, string database, string password, string sql)
    {
        await using var connection = await PostgresServerTests.OpenAsync(_server, user, database, password);
        await using var command = new NpgsqlCommand(sql, connection);
        return await command.ExecuteScalarAsync(Cancel);
    }
}
