using BillionHearts.Api.Platform.Errors;
using BillionHearts.ServiceDefaults.Errors;
using BillionHearts.Storage;

namespace BillionHearts.Api.Uploads.Resumable;

/// <summary>The parts of an upload as one stream. Each part is opened when the one before it has been read.</summary>
internal sealed class PartsStream(IBlobStore blobs, IEnumerable<ResumableUploadPart> parts, ReadOnlyMemory<byte> last) : ForwardStream
{
    private readonly Queue<ResumableUploadPart> _parts = new(parts);
    private ReadOnlyMemory<byte> _last = last;
    private Stream? _open;
    private long _missing;

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        while (_missing is 0 && _parts.TryDequeue(out var part))
        {
            await OpenAsync(part, cancellationToken);
        }

        if (_missing is 0)
        {
            return TakeLast(buffer);
        }

        var read = await _open!.ReadAsync(buffer[..(int)Math.Min(buffer.Length, _missing)], cancellationToken);
        _missing -= read;

        return read is 0 && !buffer.IsEmpty ? throw new PartMissingException() : read;
    }

    public override async ValueTask DisposeAsync()
    {
        if (_open is not null)
        {
            await _open.DisposeAsync();
        }

        await base.DisposeAsync();
    }

    private async Task OpenAsync(ResumableUploadPart part, CancellationToken cancellationToken)
    {
        if (_open is not null)
        {
            await _open.DisposeAsync();
        }

        _open = await blobs.OpenReadAsync(part.BlobKey, 0, part.Length, cancellationToken) ?? throw new PartMissingException();
        _missing = part.Length;
    }

    private int TakeLast(Memory<byte> buffer)
    {
        var count = Math.Min(buffer.Length, _last.Length);
        _last[..count].CopyTo(buffer);
        _last = _last[count..];
        return count;
    }
}

/// <summary>Stops the store while it reads this stream: another request has finished the upload meanwhile, or bytes are missing from the store.</summary>
internal sealed class PartMissingException() : Exception("A part of a resumable upload is missing from the store, or incomplete."), IProblemException
{
    public Problem Problem => TusProblems.BytesLost;
}
