using System.Diagnostics;

namespace BillionHearts.Bench;

/// <summary>
/// The server that the edge is compared with: nginx, the same binary as the gateway's, with the same workers, which only serves files. It has
/// no access log, which is an advantage over the gateway, which writes one.
/// </summary>
internal static class StaticServer
{
    private const UnixFileMode Readable =
        UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute
        | UnixFileMode.GroupRead | UnixFileMode.GroupExecute | UnixFileMode.OtherRead | UnixFileMode.OtherExecute;

    /// <param name="files">Content by file name.</param>
    public static Task<PeerProcess> StartAsync(IReadOnlyDictionary<string, byte[]> files, CancellationToken cancellationToken) =>
        PeerProcess.StartAsync((folder, port) => Start(folder, port, files), "apt-get install --no-install-recommends nginx", cancellationToken);

    private static ProcessStartInfo Start(string folder, int port, IReadOnlyDictionary<string, byte[]> files)
    {
        // If the master runs as root, its workers do not, and must still be able to read the files.
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(folder, Readable);
        }

        var content = Path.Join(folder, "content");
        Directory.CreateDirectory(content);

        foreach (var (name, bytes) in files)
        {
            File.WriteAllBytes(Path.Join(content, name), bytes);
        }

        var configuration = Path.Join(folder, "nginx.conf");
        File.WriteAllText(configuration, Configuration(folder, port));
        return new ProcessStartInfo("/usr/sbin/nginx", ["-p", folder, "-c", configuration, "-e", "stderr", "-g", "daemon off;"]);
    }

    private static string Configuration(string folder, int port) => $$"""
        worker_processes auto;
        worker_rlimit_nofile 16384;
        pid {{folder}}/nginx.pid;
        error_log stderr warn;

        events {
            worker_connections 4096;
        }

        http {
            default_type application/octet-stream;
            sendfile on;
            tcp_nopush off;
            keepalive_timeout 60s;
            access_log off;
            client_body_temp_path {{folder}}/temp;
            proxy_temp_path {{folder}}/temp;
            fastcgi_temp_path {{folder}}/temp;
            uwsgi_temp_path {{folder}}/temp;
            scgi_temp_path {{folder}}/temp;

            server {
                listen 127.0.0.1:{{port}};
                root {{folder}}/content;
            }
        }

        """;
}
