using BillionHearts.Hosting.Launcher;

namespace BillionHearts.Hosting.Servers;

/// <summary>The files of one PostgreSQL cluster: created once, completely or not at all, and checked before every start.</summary>
internal sealed class PostgresCluster(NativeServerContext context, string binaries, string data)
{
    private const string Major = "18";

    private readonly string _user = context.Variable("POSTGRES_USER") ?? "postgres";
    private readonly string _password = context.Variable("POSTGRES_PASSWORD") ?? "";
    private readonly string _authentication = context.Variable("POSTGRES_HOST_AUTH_METHOD") ?? "scram-sha-256";

    public async Task EnsureAsync(CancellationToken cancellationToken)
    {
        var version = Path.Combine(data, "PG_VERSION");

        if (!File.Exists(version))
        {
            await CreateAsync(cancellationToken);
            return;
        }

        if ((await File.ReadAllTextAsync(version, cancellationToken)).Trim() is var found and not Major)
        {
            throw context.Refuse($"'{data}' has data of PostgreSQL {found}, but this is PostgreSQL {Major}. Move the folder away, or migrate it with pg_upgrade.");
        }

        if (!await CredentialSeal.MatchesAsync(data, _user, _password, cancellationToken))
        {
            throw context.Refuse(
                $"the data in '{data}' was created with another user or password, and PostgreSQL keeps those. {context.PasswordAdvice()}");
        }

        await UnprivilegedAccount.OwnAsync(data, cancellationToken);
        ReleaseLock();
    }

    private async Task CreateAsync(CancellationToken cancellationToken)
    {
        if (_password is "" && _authentication is not "trust")
        {
            throw context.Refuse("POSTGRES_PASSWORD is not set. Set it, or set POSTGRES_HOST_AUTH_METHOD to 'trust'.");
        }

        if (Directory.Exists(data) && Directory.EnumerateFileSystemEntries(data).Any())
        {
            throw context.Refuse($"'{data}' is not empty, but has no PostgreSQL data. Empty it, or choose another folder.");
        }

        // Created in another folder and renamed when complete: a host that is killed in between leaves nothing that looks like a cluster.
        var unfinished = $"{data}.unfinished";
        Delete(unfinished);
        Directory.CreateDirectory(unfinished);
        await UnprivilegedAccount.OwnAsync(unfinished, cancellationToken);
        await RunInitdbAsync(unfinished, cancellationToken);
        CreateDatabase(unfinished);
        await CredentialSeal.EnsureAsync(unfinished, _user, _password, cancellationToken);
        await UnprivilegedAccount.OwnAsync(unfinished, cancellationToken);
        Delete(data);
        Directory.Move(unfinished, data);
    }

    private async Task RunInitdbAsync(string folder, CancellationToken cancellationToken)
    {
        context.Log($"Creating a new PostgreSQL {Major} cluster in {data}");
        var passwordFile = $"{data}.password";

        try
        {
            await File.WriteAllTextAsync(passwordFile, "", cancellationToken);
            File.SetUnixFileMode(passwordFile, UnixFileMode.UserRead | UnixFileMode.UserWrite);
            await File.WriteAllTextAsync(passwordFile, _password, cancellationToken);
            await UnprivilegedAccount.OwnAsync(passwordFile, cancellationToken);

            string[] password = _password is "" ? [] : [$"--pwfile={passwordFile}"];
            string[] configured = (context.Variable("POSTGRES_INITDB_ARGS") ?? "").Split(' ', StringSplitOptions.RemoveEmptyEntries);
            Run(
                "initdb",
                ["-D", folder, "-U", _user, .. password, $"--auth-host={_authentication}", "--auth-local=reject", "-E", "UTF8", "--locale=C.UTF-8", .. configured],
                input: "");
        }
        finally
        {
            File.Delete(passwordFile);
        }
    }

    private void CreateDatabase(string folder)
    {
        var database = context.Variable("POSTGRES_DB") ?? _user;

        if (database is not "postgres")
        {
            var statement = $"CREATE DATABASE \"{database.Replace("\"", "\"\"", StringComparison.Ordinal)}\";\n";
            Run("postgres", ["--single", "-D", folder, "postgres"], statement);
        }
    }

    private void Run(string program, IReadOnlyList<string> arguments, string input)
    {
        var spec = new ProcessSpec
        {
            FileName = Path.Combine(binaries, program),
            Arguments = arguments,
            Environment = new Dictionary<string, string> { ["LC_ALL"] = "C.UTF-8", ["PATH"] = "/usr/bin:/bin" },
            ClearEnvironment = true,
            WorkingDirectory = "/",
            DropPrivileges = true,
            Input = input,
        };

        context.RunToEnd(spec);
    }

    /// <summary>
    /// Removes the lock of a postmaster that is gone. PostgreSQL does so itself, except when its pid now belongs to
    /// another process of the same account, which is likely where pids begin again with each container.
    /// </summary>
    private void ReleaseLock()
    {
        var file = Path.Combine(data, "postmaster.pid");

        if (!File.Exists(file))
        {
            return;
        }

        // The first line is the pid; a postmaster's working directory is its data.
        var content = File.ReadAllText(file);
        var processId = content.Split('\n')[0];
        var seenFromThere = $"/proc/{processId}/cwd/postmaster.pid";

        if (processId is not "" && File.Exists(seenFromThere) && File.ReadAllText(seenFromThere) == content)
        {
            throw context.Refuse($"another PostgreSQL, process {processId}, uses '{data}'. Stop it first; the application may be running twice.");
        }

        File.Delete(file);
    }

    private static void Delete(string folder)
    {
        if (Directory.Exists(folder))
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
