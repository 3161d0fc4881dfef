using System.Globalization;
using BillionHearts.Hosting.Launcher;

namespace BillionHearts.Hosting.Servers;

/// <summary>The <c>azure-storage/azurite</c> image, its blob service: npm's <c>azurite</c> on Node.</summary>
internal sealed class AzuriteServer : INativeServer
{
    private const int DefaultPort = 10000;

    // Options whose value is a path inside the container.
    private static readonly string[] s_paths = ["-l", "--location", "-d", "--debug", "--cert", "--key"];

    // Options that are decided here, with or without a value of their own.
    private static readonly string[] s_replaced = ["--blobHost", "--blobPort", "--silent", "-s", "--disableTelemetry"];

    public string Image => "azure-storage/azurite";

    public async Task<ProcessSpec> PrepareAsync(NativeServerContext context, CancellationToken cancellationToken)
    {
        var main = context.NpmFile("azurite/dist/src/blob/main.js");
        var arguments = Translate(context);
        var location = LocationOf(context, arguments);
        context.RequireReachable(main);

        if (location is not null)
        {
            context.RequireReachable(location);
            Directory.CreateDirectory(location);
            await UnprivilegedAccount.OwnAsync(location, cancellationToken);
        }

        return new ProcessSpec
        {
            FileName = Executables.Require("node"),
            Arguments = ["--import", AzuritePreload.Address, main, .. arguments],
            Environment = new Dictionary<string, string>(context.VariablesExcept("NODE_")) { ["HOME"] = context.DataPath },
            ClearEnvironment = true,
            WorkingDirectory = context.DataPath,
            DropPrivileges = true,
            // Azurite acknowledges from memory and saves at intervals: it must be asked.
            StopSignal = StopSignal.Terminate,
        };
    }

    private static List<string> Translate(NativeServerContext context)
    {
        if (context.Arguments is not ["azurite-blob", ..])
        {
            throw context.Refuse("as a native process only Azurite's blob service is supported, so the first argument must be 'azurite-blob'.");
        }

        var given = context.Arguments.Skip(1).ToArray();

        var port = DefaultPort;
        List<string> arguments = [];

        for (var i = 0; i < given.Length; i++)
        {
            var (option, value) = given[i].Split('=', 2) is [var name, var inline] ? (name, inline) : (given[i], null);
            var next = i + 1 < given.Length && !given[i + 1].StartsWith('-') ? given[i + 1] : null;
            i += value is null && next is not null ? 1 : 0;
            value ??= next;

            if (option is "--blobPort")
            {
                port = ParsePort(context, value);
            }
            else if (!s_replaced.Contains(option))
            {
                arguments.Add(option);
                arguments.AddRange(value is null ? [] : [s_paths.Contains(option) ? Map(context, value) : value]);
            }
        }

        return [.. arguments, "--blobHost", "127.0.0.1", "--blobPort", $"{context.Port(port)}", "--silent", "--disableTelemetry"];
    }

    private static string? LocationOf(NativeServerContext context, List<string> arguments)
    {
        if (arguments.Contains("--inMemoryPersistence"))
        {
            return null;
        }

        var option = arguments.FindIndex(argument => argument is "-l" or "--location");

        if (option < 0)
        {
            // The image's working directory; Azurite would write into ours.
            arguments.AddRange(["--location", Map(context, "/data")]);
            option = arguments.Count - 2;
        }

        return arguments[option + 1];
    }

    private static string Map(NativeServerContext context, string containerPath) =>
        context.FindMounted(containerPath) ?? Path.Join(context.DataPath, containerPath);

    private static int ParsePort(NativeServerContext context, string? value) =>
        int.TryParse(value, CultureInfo.InvariantCulture, out var port)
            ? port
            : throw context.Refuse($"--blobPort must be a number, not '{value}'.");
}
