using System.Security.Cryptography;
using System.Text;

namespace BillionHearts.Hosting.Data;

/// <summary>Everything that a run keeps: data of the servers and generated passwords. One run at a time owns it.</summary>
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

    /// <summary>Can be read once the folder is open.</summary>
    public GeneratedSecrets Secrets { get; }

    /// <summary>The folder that is configured, or one that is the same at each start of the same AppHost; for an isolated run one that goes with it.</summary>
    public static DataFolder Of(IDistributedApplicationBuilder builder, bool isIsolated) =>
        builder.Configuration[Variable] is { Length: > 0 } chosen ? new(Path.GetFullPath(chosen), isTemporary: false)
        : isIsolated ? new(TemporaryFolders.NewPath(), isTemporary: true)
        : new(Lasting(builder), isTemporary: false);

    /// <summary>Makes the folder and takes possession of it.</summary>
    /// <exception cref="DistributedApplicationException">Another run owns it.</exception>
    public void Open()
    {
        // Servers that dropped root must be able to walk through; what is theirs lies deeper.
        Directory.CreateDirectory(Path.GetDirectoryName(Root)!);
        Directory.CreateDirectory(Root, EnterOnly);
        _owned = TryOwn(Root) ?? throw new DistributedApplicationException(
            $"The data folder '{Root}' is in use by another run{Owner()}. Stop that run, or choose another folder with {Variable}=/path/to/folder.");
        File.WriteAllText(OwnerFile, $"{Environment.ProcessId}\n");

        if (_isTemporary)
        {
            // A test's process ends when its tests have; the disposal that they began may be under way on another thread still.
            AppDomain.CurrentDomain.ProcessExit += (_, _) => TemporaryFolders.DeleteAtExit(Root);
        }
    }

    /// <summary>Folder of a resource.</summary>
    public string Folder(string resource) => Directory.CreateDirectory(Path.Combine(Root, resource)).FullName;

    public void Dispose() => _owned?.Dispose();

    /// <summary>Gives the folder up, and removes it when it is a temporary one.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_isTemporary)
        {
            await TemporaryFolders.DeleteAsync(Root);
        }

        Dispose();
    }

    /// <summary>The lock goes with the process, however it ends, so it can never be stale. Null when another process has it.</summary>
    internal static FileStream? TryOwn(string folder)
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

    private static string Lasting(IDistributedApplicationBuilder builder)
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
