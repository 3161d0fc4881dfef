using System.Diagnostics;
using System.Security.Cryptography;

namespace BillionHearts.Bench;

/// <summary>sharp behind a small Node.js server, <c>Peers/sharp</c>. On first use, npm installs the packages of its lock file.</summary>
internal static class SharpServer
{
    private static readonly string s_source = Path.Join(AppContext.BaseDirectory, "Peers", "sharp");
    private static readonly string[] s_manifest = ["package.json", "package-lock.json", ".npmrc"];

    /// <param name="photos">The folder of the files that are requested by name.</param>
    public static async Task<PeerProcess> StartAsync(string photos, CancellationToken cancellationToken)
    {
        var installed = await InstallAsync(cancellationToken);

        return await PeerProcess.StartAsync(
            (_, port) => new ProcessStartInfo("node", [Path.Join(s_source, "server.cjs")])
            {
                Environment = { ["NODE_PATH"] = Path.Join(installed, "node_modules"), ["FOLDER"] = photos, ["PORT"] = $"{port}", ["NODE_ENV"] = "production" },
            },
            $"check that 'node' is installed, and sharp in {installed}",
            cancellationToken);
    }

    /// <returns>The folder in <c>artifacts/</c> for this lock file.</returns>
    private static async Task<string> InstallAsync(CancellationToken cancellationToken)
    {
        var hash = Convert.ToHexStringLower(SHA256.HashData(await File.ReadAllBytesAsync(Path.Join(s_source, "package-lock.json"), cancellationToken)));
        var installed = Path.Join(Repository.Root, "artifacts", $"sharp-{hash[..16]}");

        if (!Directory.Exists(installed))
        {
            var unfinished = Directory.CreateDirectory($"{installed}.{Guid.NewGuid():n}").FullName;
            Console.Error.WriteLine($"Installing sharp into {installed}");

            foreach (var name in s_manifest)
            {
                File.Copy(Path.Join(s_source, name), Path.Join(unfinished, name));
            }

            using var npm = Process.Start(new ProcessStartInfo("npm", ["ci", "--loglevel=error"]) { WorkingDirectory = unfinished })!;
            await npm.WaitForExitAsync(cancellationToken);

            if (npm.ExitCode is not 0)
            {
                Directory.Delete(unfinished, recursive: true);
                throw new InvalidOperationException("npm ci failed.");
            }

            Directory.Move(unfinished, installed);
        }

        return installed;
    }
}
