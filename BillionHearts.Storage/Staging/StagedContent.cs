using System.Security.Cryptography;

namespace BillionHearts.Storage.Staging;

/// <summary>The parts of an upload as one stream. The length and hash of each part are verified.</summary>
internal sealed class StagedContent(IBlobStore store, IReadOnlyList<StagedPart> parts, Func<StagedPart, string> keyOf) : ForwardStream
{
    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private Stream? _part;
    private int _index;
    private int _left;

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        while (_index < parts.Count && !buffer.IsEmpty)
        {
            _part ??= await OpenAsync(parts[_index], cancellationToken);
            var read = await _part.ReadAsync(buffer, cancellationToken);

            if (read > 0)
            {
                _hash.AppendData(buffer.Span[..read]);
                _left -= read;
                return read;
            }

            await CloseAsync(parts[_index++]);
        }

        return 0;
    }

    public override async ValueTask DisposeAsync()
    {
        await (_part?.DisposeAsync() ?? ValueTask.CompletedTask);
        await base.DisposeAsync();
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _hash.Dispose();
            _part?.Dispose();
        }

        base.Dispose(disposing);
    }

    private async Task<Stream> OpenAsync(StagedPart part, CancellationToken cancellationToken)
    {
        _left = part.Length;
        return await store.OpenReadAsync(keyOf(part), 0, null, cancellationToken) ?? throw new StagedPartLostException(part.Number);
    }

    private async Task CloseAsync(StagedPart part)
    {
        await _part!.DisposeAsync();
        _part = null;

        if (_left is not 0 || Convert.ToHexStringLower(_hash.GetHashAndReset()) != part.Sha256)
        {
            throw new StagedPartLostException(part.Number);
        }
    }
}
