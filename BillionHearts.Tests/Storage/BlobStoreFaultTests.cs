using System.Diagnostics;
using System.Security.Cryptography;
using BillionHearts.Storage;
using BillionHearts.Tests.Distributed;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace BillionHearts.Tests.Storage;

public sealed class BlobStoreFaultTests(AppHostFixture app)
{
    private static readonly BlobStoreOptions s_options = new()
    {
        Container = $"test-{Guid.NewGuid():n}",
        BlockSize = 64 * 1024,
        AttemptTimeout = TimeSpan.FromMilliseconds(500),
        Timeout = TimeSpan.FromSeconds(3),
    };

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(nameof(Fault.Answer503))]
    [InlineData(nameof(Fault.NeverAnswer))]
    [InlineData(nameof(Fault.LoseAnswer))]
    public async Task A_store_that_keeps_failing_is_unavailable_to_every_caller_within_the_budget(string fault)
    {
        await using var front = await FrontAsync();
        var store = Store(front.ConnectionString);
        var key = NewKey();
        await store.WriteAsync(key, new byte[10], "image/jpeg", Cancel);

        (front.Fault, front.Faults) = (Enum.Parse<Fault>(fault), int.MaxValue);

        await EveryCallIsUnavailableAsync(store, key);
    }

    [Fact]
    public async Task A_store_that_is_not_there_is_unavailable_to_every_caller()
    {
        await using var front = await FrontAsync();
        var (store, key) = (Store(front.ConnectionString), NewKey());
        await front.DisposeAsync();

        await EveryCallIsUnavailableAsync(store, key);
    }

    [Fact]
    public async Task A_refused_key_is_unavailable_and_the_reason_does_not_show_the_key()
    {
        var account = await AzureBlobStoreTests.ConnectionStringAsync(app);
        var wrong = Convert.ToBase64String(new byte[64]);
        var store = Store(string.Join(';', account.Split(';').Select(part => part.StartsWith("AccountKey=", StringComparison.Ordinal) ? $"AccountKey={wrong}" : part)));

        var exception = await Assert.ThrowsAsync<BlobStoreUnavailableException>(() => store.PingAsync(Cancel));

        Assert.DoesNotContain(wrong, exception.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(nameof(Fault.Answer503), 10)]
    [InlineData(nameof(Fault.NeverAnswer), 10)]
    [InlineData(nameof(Fault.LoseAnswer), 10)]
    [InlineData(nameof(Fault.Answer503), 200_000)]
    [InlineData(nameof(Fault.LoseAnswer), 200_000)]
    public async Task One_failure_does_not_stop_a_creation_nor_make_its_own_key_look_taken(string fault, int length)
    {
        await using var front = await FrontAsync();
        var store = Store(front.ConnectionString);
        await store.PingAsync(Cancel);
        var (key, content) = (NewKey(), RandomNumberGenerator.GetBytes(length));

        // The last request is the one that makes the blob: a PUT, or the commit after the blocks.
        (front.Fault, front.Faults) = (Enum.Parse<Fault>(fault), 1);
        await store.CreateAsync(key, new TricklingStream(content), "image/jpeg", Cancel);

        Assert.Equal(content, await ReadAsync(store, key));
    }

    [Fact]
    public async Task A_read_that_breaks_off_goes_on_where_it_was()
    {
        await using var front = await FrontAsync();
        var store = Store(front.ConnectionString);
        var (key, content) = (NewKey(), RandomNumberGenerator.GetBytes(100_000));
        await store.WriteAsync(key, content, "image/jpeg", Cancel);

        (front.Fault, front.Faults) = (Fault.BreakBody, 1);

        Assert.Equal(content, await ReadAsync(store, key));
    }

    [Fact]
    public async Task A_read_that_keeps_breaking_off_is_unavailable_and_never_short()
    {
        await using var front = await FrontAsync();
        var store = Store(front.ConnectionString);
        var key = NewKey();
        await store.WriteAsync(key, new byte[100_000], "image/jpeg", Cancel);

        (front.Fault, front.Faults) = (Fault.BreakBody, int.MaxValue);

        await Assert.ThrowsAsync<BlobStoreUnavailableException>(() => ReadAsync(store, key));
    }

    private static async Task EveryCallIsUnavailableAsync(AzureBlobStore store, string key)
    {
        Func<Task>[] calls =
        [
            () => store.PingAsync(Cancel),
            () => store.CreateAsync(NewKey(), new TricklingStream(new byte[10]), "image/jpeg", Cancel),
            () => store.CreateAsync(NewKey(), new TricklingStream(new byte[200_000]), "image/jpeg", Cancel),
            () => store.WriteAsync(key, new byte[10], "image/jpeg", Cancel),
            () => store.OpenReadAsync(key, 0, null, Cancel),
            () => store.DeleteAsync(key, Cancel),
        ];

        await Task.WhenAll(calls.Select(async call =>
        {
            var watch = Stopwatch.StartNew();
            await Assert.ThrowsAsync<BlobStoreUnavailableException>(call);
            Assert.InRange(watch.Elapsed, TimeSpan.Zero, s_options.Timeout + TimeSpan.FromSeconds(3));
        }));
    }

    private async Task<FaultyFront> FrontAsync() => await FaultyFront.StartAsync(await AzureBlobStoreTests.ConnectionStringAsync(app), Cancel);

    private static AzureBlobStore Store(string connectionString) => new(
        BlobStoreRegistration.Container(connectionString, "blobs", s_options), Options.Create(s_options), NullLogger<AzureBlobStore>.Instance);

    private static string NewKey() => BlobKeys.NewOriginal(TimeProvider.System.GetUtcNow());

    private static async Task<byte[]> ReadAsync(AzureBlobStore store, string key)
    {
        await using var stream = await store.OpenReadAsync(key, 0, null, Cancel);
        using var bytes = new MemoryStream();
        await stream!.CopyToAsync(bytes, Cancel);
        return bytes.ToArray();
    }
}
