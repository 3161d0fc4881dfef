using System.Security.Cryptography;
using BillionHearts.Hosting.Launcher;

namespace BillionHearts.Hosting.Servers;

/// <summary>Files, ports and environment of one RabbitMQ node that shares nothing with another on this machine.</summary>
internal sealed class RabbitMqNode(NativeServerContext context, RabbitMqPlugins installed)
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    // The database bears the node's name, so it must depend neither on a port nor on the machine.
    private readonly string _name = context.Variable("RABBITMQ_NODENAME") ?? "rabbit@localhost";
    private readonly string _user = context.Variable("RABBITMQ_DEFAULT_USER") ?? "guest";
    private readonly string _password = context.Variable("RABBITMQ_DEFAULT_PASS") ?? "guest";
    private readonly string _settings = Path.Combine(context.DataPath, "settings");
    private readonly int _portMapperPort = LoopbackPorts.Take();
    private readonly int _distributionPort = LoopbackPorts.Take();

    public string Data { get; } = context.FindMounted("/var/lib/rabbitmq") ?? Path.Combine(context.DataPath, "data");

    /// <summary>Erlang's port mapper, one for each node: a shared one would outlive the run, and other nodes would find it.</summary>
    public ProcessSpec PortMapper => new()
    {
        FileName = Executables.Require("epmd"),
        Arguments = ["-port", $"{_portMapperPort}", "-address", "127.0.0.1"],
        ClearEnvironment = true,
        WorkingDirectory = "/",
        DropPrivileges = true,
        // Erlang would start one of its own when it finds none, and leave it behind.
        ReadyPort = _portMapperPort,
    };

    public Dictionary<string, string> Environment => new(context.VariablesExcept("RABBITMQ_"))
    {
        ["PATH"] = "/usr/bin:/bin",
        ["LANG"] = "C.UTF-8",
        ["HOME"] = _settings,
        // Makes the script exec Erlang, so that our pid is the broker's.
        ["RUNNING_UNDER_SYSTEMD"] = "true",
        ["RABBITMQ_NODENAME"] = _name,
        ["RABBITMQ_CONF_ENV_FILE"] = Path.Combine(_settings, "env.conf"),
        ["RABBITMQ_CONFIG_FILE"] = Path.Combine(_settings, "rabbitmq.conf"),
        ["RABBITMQ_ADVANCED_CONFIG_FILE"] = Path.Combine(_settings, "advanced.config"),
        ["RABBITMQ_ENABLED_PLUGINS_FILE"] = Path.Combine(_settings, "enabled_plugins"),
        ["RABBITMQ_GENERATED_CONFIG_DIR"] = Path.Combine(_settings, "generated"),
        ["RABBITMQ_SCHEMA_DIR"] = Path.Combine(_settings, "schema"),
        ["RABBITMQ_PLUGINS_DIR"] = Path.Combine(Home, RabbitMqPlugins.FolderName),
        ["RABBITMQ_PLUGINS_EXPAND_DIR"] = Path.Combine(_settings, "plugins"),
        ["RABBITMQ_PID_FILE"] = Path.Combine(_settings, "rabbit.pid"),
        ["RABBITMQ_MNESIA_BASE"] = Path.Combine(Data, "mnesia"),
        ["RABBITMQ_LOG_BASE"] = Path.Combine(_settings, "log"),
        ["RABBITMQ_LOGS"] = "-",
        ["ERL_EPMD_PORT"] = $"{_portMapperPort}",
        ["ERL_EPMD_ADDRESS"] = "127.0.0.1",
        ["RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS"] = string.Join(' ', ErlangArguments),
    };

    public async Task EnsureAsync(CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(_settings, OwnerOnly);
        Directory.CreateDirectory(Data, OwnerOnly);

        if (!await CredentialSeal.MatchesAsync(Data, _user, _password, cancellationToken))
        {
            throw context.Refuse(
                $"the data in '{Data}' was created with another user or password, and RabbitMQ keeps those. {context.PasswordAdvice()}");
        }

        var cookie = Path.Combine(_settings, ".erlang.cookie");

        if (!File.Exists(cookie))
        {
            await File.WriteAllTextAsync(cookie, RandomNumberGenerator.GetHexString(32), cancellationToken);
            File.SetUnixFileMode(cookie, UnixFileMode.UserRead);
        }

        installed.LinkInto(Home, withManagement: ManagementPort is not null);
        // A shell fragment, read after the script has found out where RabbitMQ is.
        await File.WriteAllTextAsync(Path.Combine(_settings, "env.conf"), $"RABBITMQ_HOME='{Home.Replace("'", "'\\''", StringComparison.Ordinal)}'\n", cancellationToken);
        await File.WriteAllTextAsync(Path.Combine(_settings, "enabled_plugins"), ManagementPort is null ? "[].\n" : "[rabbitmq_management].\n", cancellationToken);
        await File.WriteAllLinesAsync(Path.Combine(_settings, "rabbitmq.conf"), Configuration(), cancellationToken);
        await CredentialSeal.EnsureAsync(Data, _user, _password, cancellationToken);
        await UnprivilegedAccount.OwnAsync(_settings, cancellationToken);
        await UnprivilegedAccount.OwnAsync(Data, cancellationToken);
    }

    /// <summary>What the script takes for RabbitMQ's own folder.</summary>
    private string Home => Path.Combine(_settings, "home");

    private string[] ErlangArguments =>
    [
        "-kernel", "inet_dist_use_interface", "{127,0,0,1}",
        "-kernel", "inet_dist_listen_min", $"{_distributionPort}", "inet_dist_listen_max", $"{_distributionPort}",
        // Named from the first moment: otherwise RabbitMQ starts a second Erlang only to see to it that there is an epmd.
        "-sname", _name, "-start_epmd", "false",
        // Unbound schedulers: two nodes that bind theirs take the same cores and start three times slower.
        "+S", "2:2", "+sbt", "u",
    ];

    private int? ManagementPort => context.FindPort(15672);

    private IEnumerable<string> Configuration()
    {
        yield return $"listeners.tcp.1 = 127.0.0.1:{context.Port(5672)}";
        yield return $"default_user = {Value("RABBITMQ_DEFAULT_USER", _user)}";
        yield return $"default_pass = {Value("RABBITMQ_DEFAULT_PASS", _password)}";
        yield return $"default_vhost = {Value("RABBITMQ_DEFAULT_VHOST", context.Variable("RABBITMQ_DEFAULT_VHOST") ?? "/")}";
        yield return "default_user_tags.administrator = true";
        yield return "loopback_users = none";
        yield return "heartbeat = 10";
        // Absolute, since the broker shares the machine with everything else.
        yield return "vm_memory_high_watermark.absolute = 1GB";
        yield return "disk_free_limit.absolute = 200MB";
        yield return "log.console = true";
        yield return "log.file = false";

        if (ManagementPort is { } port)
        {
            yield return "management.tcp.ip = 127.0.0.1";
            yield return $"management.tcp.port = {port}";
        }
    }

    private string Value(string variable, string value) =>
        value.AsSpan().ContainsAny("\r\n#'\"") || value != value.Trim()
            ? throw context.Refuse($"{variable} must not contain quotes, '#' or line breaks, nor begin or end with a blank.")
            : value;
}
