using System.Net.Sockets;

namespace BillionHearts.Hosting;

/// <summary>Whether a container engine is running on this machine. An installed client alone does not count.</summary>
internal static class ContainerEngine
{
    private static readonly string[] s_programs = ["podman", "docker"];

    // Where Docker and Podman listen, for the system and for a user.
    private static readonly string[] s_sockets =
    [
        "/var/run/docker.sock", "/run/podman/podman.sock",
        .. Environment.GetEnvironmentVariable("XDG_RUNTIME_DIR") is { Length: > 0 } own ? (string[])[$"{own}/docker.sock", $"{own}/podman/podman.sock"] : [],
    ];

    /// <summary>Of the programs that Aspire's orchestrator knows, one that is not installed.</summary>
    public static string? MissingProgram() => Array.Find(s_programs, program => !IsInstalled(program));

    public static bool Answers() =>
        Environment.GetEnvironmentVariable("DOCKER_HOST") is { Length: > 0 } || Array.Exists(s_sockets, Accepts);

    private static bool IsInstalled(string program) =>
        Environment.GetEnvironmentVariable("PATH") is { } path && Array.Exists(path.Split(Path.PathSeparator), folder => File.Exists(Path.Combine(folder, program)));

    private static bool Accepts(string path)
    {
        if (!File.Exists(path))
        {
            return false;
        }

        using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            socket.Connect(new UnixDomainSocketEndPoint(path));
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
