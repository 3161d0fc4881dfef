using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace BillionHearts.Storage.Files;

/// <summary>What durable files need and .NET does not offer: links, plain renames, fsync of a folder, and attributes.</summary>
internal static partial class Posix
{
    public const int NoEntry = 2;
    public const int AccessDenied = 13;
    public const int Exists = 17;
    public const int CrossDevice = 18;
    public const int NotAFolder = 20;
    public const int NoSpace = 28;
    public const int ReadOnlyFileSystem = 30;
    public const int NoData = 61;
    public const int NotSupported = 95;
    public const int OverQuota = 122;

    private const int CloseOnExec = 0x80000;

    /// <summary>Gives a file a second name, unless that name is taken.</summary>
    public static int Link(string from, string to) => Error(link(from, to));

    /// <summary>Renames a file, replacing a file that has that name.</summary>
    public static int Rename(string from, string to) => Error(rename(from, to));

    public static int Unlink(string path) => Error(unlink(path));

    public static int MakeFolder(string path) => Error(mkdir(path, mode: 0x1F8 /* rwxrwx--- */));

    /// <summary>Makes changes to a folder's entries durable.</summary>
    public static void Sync(string folder)
    {
        var descriptor = open(folder, CloseOnExec);
        if (descriptor < 0)
        {
            throw Failure(Marshal.GetLastPInvokeError(), "open the folder");
        }

        using var handle = new SafeFileHandle(descriptor, ownsHandle: true);
        if (fsync(descriptor) != 0)
        {
            throw Failure(Marshal.GetLastPInvokeError(), "save the folder");
        }
    }

    public static int SetAttribute(SafeFileHandle file, string name, ReadOnlySpan<byte> value) =>
        Error(fsetxattr(file, name, value, value.Length, flags: 0));

    /// <summary>Returns the number of bytes read, or a negative error.</summary>
    public static int GetAttribute(string path, string name, Span<byte> value)
    {
        var length = (int)getxattr(path, name, value, value.Length);
        return length >= 0 ? length : -Marshal.GetLastPInvokeError();
    }

    public static IOException Failure(int error, string action) =>
        new($"Could not {action}: {Marshal.GetPInvokeErrorMessage(error)}", error);

    private static int Error(int result) => result is 0 ? 0 : Marshal.GetLastPInvokeError();

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int link(string from, string to);

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int rename(string from, string to);

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int unlink(string path);

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int mkdir(string path, uint mode);

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int open(string path, int flags);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int fsync(int descriptor);

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int fsetxattr(SafeFileHandle file, string name, ReadOnlySpan<byte> value, nint size, int flags);

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial nint getxattr(string path, string name, Span<byte> value, nint size);
}
