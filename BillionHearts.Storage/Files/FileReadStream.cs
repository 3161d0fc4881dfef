using Microsoft.Win32.SafeHandles;

namespace BillionHearts.Storage.Files;

/// <summary>A part of a file. If the file is removed meanwhile, it can still be read to the end.</summary>
internal sealed class FileReadStream(SafeFileHandle file, long offset, long length) : ForwardStream
{
    private long _position = offset;
    private long _left = length;

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (_left is 0 || buffer.IsEmpty)
        {
            return 0;
        }

        try
        {
            var read = await RandomAccess.ReadAsync(file, buffer[..(int)Math.Min(buffer.Length, _left)], _position, cancellationToken);
            _position += read;
            _left -= read;

            return read > 0 ? read : throw new BlobStoreUnavailableException("A blob was truncated while it was read.");
        }
        catch (IOException exception)
        {
            throw FileFaults.Unavailable(exception);
        }
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            file.Dispose();
        }

        base.Dispose(disposing);
    }
}
