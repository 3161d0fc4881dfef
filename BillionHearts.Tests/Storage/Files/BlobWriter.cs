using System.Globalization;
using BillionHearts.Storage;

namespace BillionHearts.Tests.Storage;

/// <summary>A process that stores blobs as fast as it can until it is killed, and says which have been acknowledged.</summary>
internal static class BlobWriter
{
    public const string Command = "write-blobs";

    private const int Writers = 6;

    public static async Task<int> RunAsync(string folder)
    {
        var store = FileStoreFolder.Open(folder);

        await Task.WhenAll(Enumerable.Range(0, Writers).Select(async _ =>
        {
            while (true)
            {
                var key = BlobKeys.NewOriginal(TimeProvider.System.GetUtcNow());
                await store.CreateAsync(key, new TricklingStream(ContentOf(key)), "image/jpeg", CancellationToken.None);
                Console.WriteLine(key);
            }
        }));

        return 0;
    }

    /// <summary>The bytes that belong to a key: up to a few blocks, and no two keys the same.</summary>
    public static byte[] ContentOf(string key)
    {
        var random = new Random(int.Parse(key[^8..], NumberStyles.HexNumber, CultureInfo.InvariantCulture));
        var content = new byte[random.Next(5 * 64 * 1024)];
        random.NextBytes(content);
        return content;
    }
}
