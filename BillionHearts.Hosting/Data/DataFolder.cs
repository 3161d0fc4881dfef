using System.Security.Cryptography;
using System.Text;

namespace BillionHearts.Hosting.Data;

/// <summary>
/// Everything a run keeps: data of the servers, generated passwords, logs. One run at a time owns it.
/// </summary>
internal sealed class DataFolder : IDisposable
{
    public const string Variable = "BILLIONHEARTS_DATA";

    private const UnixFileMode EnterOnly =
        UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;

    private readonly Lock _opening = new();
    private readonly bool _isTemporary;
    private FileStream? _owned;

    public DataFolder(string path, bool isTemporary)
    {
        Root = path;
        _isTemporary = isTemporary;
        Secrets = new GeneratedSecrets(this);
    }

    public string Root { get; }

    public GeneratedSecrets Secrets { get; }

    /// <summary>The folder that outlives a run, the same for the same AppHost.</summary>
    public static DataFolder Lasting(string appHostName, string appHostDirectory)
    {
        if (Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } chosen)
        {
            return new(Path.GetFullPath(chosen), isTemporary: false);
        }

        var hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(appHostDirectory)))[..8];
        var parent = Environment.IsPrivilegedProcess
            ? "/var/lib"
            : Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".local", "share");

        return new(Path.Combine(parent, "billionhearts", $"{appHostName}-{hash}"), isTemporary: false);
    }

    /// <summary>A folder for one test, gone when it is disposed.</summary>
    public static DataFolder Temporary() => new(TemporaryFolders.Create(), isTemporary: true);

    /// <summary>Makes the folder and takes possession of it.</summary>
    public void Open()
    {
        lock (_opening)
        {
            if (_owned is not null)
            {
                return;
            }

            // Servers that dropped root must be able to walk through; what is theirs lies deeper.
            Directory.CreateDirectory(Path.GetDirectoryName(Root)!);
            Directory.CreateDirectory(Root, EnterOnly);
            _owned = TryOwn(Root) ?? throw new DistributedApplicationException(
                $"The data folder '{Root}' is in use by another run{Owner()}: stop that one, or set {Variable} to another folder.");
            File.WriteAllText(OwnerFile, $"{Environment.ProcessId}\n");
        }
    }

    public string Folder(params string[] parts)
    {
        Open();
        var folder = Path.Combine([Root, .. parts]);
        Directory.CreateDirectory(folder);
        return folder;
    }

    public void Dispose()
    {
        lock (_opening)
        {
            _owned?.Dispose();

            if (_isTemporary)
            {
                TemporaryFolders.Delete(Root);
            }
        }
    }

    /// <summary>The lock goes with the process, however it ends, so it can never be stale.</summary>
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
