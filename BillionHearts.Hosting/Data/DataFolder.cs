using System.Security.Cryptography;
using System.Text;

namespace BillionHearts.Hosting.Data;

/// <summary>Everything that a run keeps: data of the servers and generated secrets. One run at a time owns it.</summary>
internal sealed class DataFolder : IDisposable, IAsyncDisposable
{
    /// <summary>Environment variable or configuration key that names another folder.</summary>
    public const string Variable = "BILLIONHEARTS_DATA";

    private const UnixFileMode EnterOnly =
        UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;

    private readonly bool _isTemporary;
    private FileStream? _owned;

    public DataFolder(string path, bool isTemporary)
    {
        Root = path;
        _isTemporary = isTemporary;
        Secrets = new GeneratedSecrets(path);
    }

    public string Root { get; }

    /// <summary>Available once the folder is open.</summary>
    public GeneratedSecrets Secrets { get; }

    /// <summary>The configured folder, or one that is the same at each start of the same AppHost; for an isolated run a temporary one.</summary>
    public static DataFolder Choose(IDistributedApplicationBuilder builder, bool isIsolated) =>
        builder.Configuration[Variable] is { Length: > 0 } chosen ? new(Path.GetFullPath(chosen), isTemporary: false)
        : isIsolated ? new(TemporaryFolders.NewPath(), isTemporary: true)
        : new(DefaultPath(builder), isTemporary: false);

    /// <summary>Creates the folder and locks it.</summary>
    /// <exception cref="DistributedApplicationException">Another run owns it.</exception>
    public void Open()
    {
        // Servers that dropped root must be able to enter it; their own folders are below.
        Directory.CreateDirectory(Path.GetDirectoryName(Root)!);
        Directory.CreateDirectory(Root, EnterOnly);
        _owned = TryLock(Root) ?? throw new DistributedApplicationException(
            $"The data folder '{Root}' is in use by another run{Owner()}. Stop that run, or choose another folder with {Variable}=/path/to/folder.");
        File.WriteAllText(OwnerFile, $"{Environment.ProcessId}\n");

        if (_isTemporary)
        {
            // A test's process ends with its tests, while their disposal may still be running on another thread.
            AppDomain.CurrentDomain.ProcessExit += (_, _) => TemporaryFolders.DeleteAtExit(Root);
        }
    }

    /// <summary>Folder of a resource.</summary>
    public string Folder(string resource) => Directory.CreateDirectory(Path.Combine(Root, resource)).FullName;

    public void Dispose() => _owned?.Dispose();

    /// <summary>Releases the folder, and removes it if it is temporary.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_isTemporary)
        {
            await TemporaryFolders.DeleteAsync(Root);
        }

        Dispose();
    }

    /// <summary>The lock ends with the process, however that ends, so it is never stale. Null when another process has it.</summary>
    internal static FileStream? TryLock(string folder)
    {
        try
        {
            return new FileStream(Path.Combine(folder, "lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException)
        {
            return null;
        }
    }

    private static string DefaultPath(IDistributedApplicationBuilder builder)
    {
        var hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(builder.AppHostDirectory)))[..8];
        var parent = Environment.IsPrivilegedProcess ? "/var/lib" : Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData);
        return Path.Combine(parent, "billionhearts", $"{builder.Environment.ApplicationName}-{hash}");
    }

    private string OwnerFile => Path.Combine(Root, "owner");

    private string Owner()
    {
        try
        {
            return $" (process {File.ReadAllText(OwnerFile).Trim()})";
        }
        catch (IOException)
        {
            return string.Empty;
        }
    }
}
