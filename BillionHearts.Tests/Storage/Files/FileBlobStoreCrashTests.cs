using System.Diagnostics;
using Microsoft.Extensions.Time.Testing;

namespace BillionHearts.Tests.Storage;

/// <summary>The file store when processes that use it are killed.</summary>
public sealed class FileBlobStoreCrashTests : IDisposable
{
    private readonly FileStoreFolder _folder = new();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Killing_two_writers_leaves_every_acknowledged_blob_whole_and_no_partial_one()
    {
        List<string> acknowledged = [];

        for (var round = 0; round < 3; round++)
        {
            var written = await Task.WhenAll(WriteUntilKilledAsync(), WriteUntilKilledAsync());
            acknowledged.AddRange(written.SelectMany(keys => keys));
        }

        var store = _folder.Open(initialize: false);
        var listed = await store.ListAsync("", null, Cancel).Select(blob => blob.Key).ToListAsync(Cancel);

        Assert.Empty(acknowledged.Except(listed));
        foreach (var key in listed)
        {
            Assert.Equal(BlobWriter.ContentOf(key), await BlobStoreCompliance.ReadAsync(store, key));
        }

        var clock = new FakeTimeProvider(TimeProvider.System.GetUtcNow() + TimeSpan.FromHours(2));
        await _folder.LeftOvers(clock).RemoveAsync(Cancel);
        Assert.Empty(_folder.Unfinished);
        Assert.Equal(listed, await store.ListAsync("", null, Cancel).Select(blob => blob.Key).ToListAsync(Cancel));
    }

    /// <summary>Starts a writer, kills it after some blobs, and returns the keys of those it has acknowledged.</summary>
    private async Task<List<string>> WriteUntilKilledAsync()
    {
        var program = Path.Join(AppContext.BaseDirectory, "BillionHearts.Tests");
        using var writer = Process.Start(new ProcessStartInfo(program, [BlobWriter.Command, _folder.Path]) { RedirectStandardOutput = true })!;
        List<string> keys = [];

        try
        {
            while (keys.Count < 100 && await writer.StandardOutput.ReadLineAsync(Cancel) is { } key)
            {
                keys.Add(key);
            }
        }
        finally
        {
            writer.Kill();
        }

        // Lines that it wrote to the pipe before it was killed are acknowledged as well; an incomplete last line is not.
        var rest = await writer.StandardOutput.ReadToEndAsync(Cancel);
        await writer.WaitForExitAsync(Cancel);
        Assert.Equal(100, keys.Count);
        return [.. keys, .. rest[..(rest.LastIndexOf('\n') + 1)].Split('\n', StringSplitOptions.RemoveEmptyEntries)];
    }
}
