using System.Diagnostics;

namespace BillionHearts.Bench;

/// <summary>The original service's equivalent, <c>Peers/original</c>, with its own database.</summary>
internal static class OriginalService
{
    private const string Python = "/usr/bin/python3";
    private const string Hint = "apt-get install --no-install-recommends python3-fastapi python3-uvicorn python3-sqlalchemy";

    public static Task<PeerProcess> StartAsync(CancellationToken cancellationToken) => PeerProcess.StartAsync(Start, Hint, cancellationToken);

    private static ProcessStartInfo Start(string folder, int port) => new(
        Python, ["-m", "uvicorn", "--app-dir", Path.Combine(AppContext.BaseDirectory, "Peers", "original"), "app:app", "--port", $"{port}", "--no-access-log", "--log-level", "warning"])
    {
        Environment = { ["DATABASE"] = Path.Combine(folder, "original.db") },
    };
}
