using System.Security.Cryptography;
using BillionHearts.Storage;

namespace BillionHearts.Tests.Storage;

/// <summary>What <see cref="IBlobStore"/> promises of a store behind a network that fails.</summary>
public abstract class BlobStoreFaultCompliance
{
    private protected static readonly BlobStoreOptions s_options = new()
    {
        Container = $"test-{Guid.NewGuid():n}",
        BlockSize = 64 * 1024,
        AttemptTimeout = TimeSpan.FromMilliseconds(500),
        Timeout = TimeSpan.FromSeconds(3),
    };

    protected static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(nameof(Fault.Answer503))]
    [InlineData(nameof(Fault.NeverAnswer))]
    [InlineData(nameof(Fault.LoseAnswer))]
    public async Task A_store_that_keeps_failing_is_unavailable_to_every_caller_within_the_budget(string fault)
    {
        await using var front = await FrontAsync();
        var store = Open(front);
        var key = NewKey();
        await store.WriteAsync(key, new byte[10], "image/jpeg", Cancel);

        (front.Fault, front.Faults) = (Enum.Parse<Fault>(fault), int.MaxValue);

        await EveryCallIsUnavailableAsync(store, key);
    }

    [Fact]
    public async Task A_store_that_is_not_there_is_unavailable_to_every_caller()
    {
        await using var front = await FrontAsync();
        var (store, key) = (Open(front), NewKey());
        await front.DisposeAsync();

        await EveryCallIsUnavailableAsync(store, key);
    }

    [Theory]
    [InlineData(nameof(Fault.Answer503), 10)]
    [InlineData(nameof(Fault.NeverAnswer), 10)]
    [InlineData(nameof(Fault.LoseAnswer), 10)]
    [InlineData(nameof(Fault.Answer503), 200_000)]
    [InlineData(nameof(Fault.NeverAnswer), 200_000)]
    [InlineData(nameof(Fault.LoseAnswer), 200_000)]
    public async Task One_failed_request_neither_stops_a_creation_nor_makes_its_key_look_taken(string fault, int length)
    {
        await using var front = await FrontAsync();
        var store = Open(front);
        await store.PingAsync(Cancel);
        var content = RandomNumberGenerator.GetBytes(length);

        // Until a creation needs no more requests than have passed: then each of them has failed once.
        var failures = 0;
        for (var spoiled = true; spoiled; failures++)
        {
            var key = NewKey();
            (front.Fault, front.Passes, front.Faults) = (Enum.Parse<Fault>(fault), failures, 1);
            await store.CreateAsync(key, new TricklingStream(content), "image/jpeg", Cancel);

            spoiled = front.Faults <= 0;
            front.Fault = Fault.None;
            Assert.Equal(content, await ReadAsync(store, key));
        }

        Assert.True(failures > (length > LargestPart ? 4 : 1));
    }

    [Fact]
    public async Task An_interrupted_read_continues_where_it_stopped()
    {
        await using var front = await FrontAsync();
        var store = Open(front);
        var (key, content) = (NewKey(), RandomNumberGenerator.GetBytes(100_000));
        await store.WriteAsync(key, content, "image/jpeg", Cancel);

        (front.Fault, front.Faults) = (Fault.BreakBody, 1);

        Assert.Equal(content, await ReadAsync(store, key));
    }

    [Fact]
    public async Task A_read_that_keeps_being_interrupted_fails_and_is_never_short()
    {
        await using var front = await FrontAsync();
        var store = Open(front);
        var key = NewKey();
        await store.WriteAsync(key, new byte[100_000], "image/jpeg", Cancel);

        (front.Fault, front.Faults) = (Fault.BreakBody, int.MaxValue);

        await Assert.ThrowsAsync<BlobStoreUnavailableException>(() => ReadAsync(store, key));
    }

    private static async Task EveryCallIsUnavailableAsync(IBlobStore store, string key)
    {
        Func<Task>[] calls =
        [
            () => store.PingAsync(Cancel),
            () => store.CreateAsync(NewKey(), new TricklingStream(new byte[10]), "image/jpeg", Cancel),
            () => store.CreateAsync(NewKey(), new TricklingStream(new byte[200_000]), "image/jpeg", Cancel),
            () => store.WriteAsync(key, new byte[10], "image/jpeg", Cancel),
            () => store.OpenReadAsync(key, 0, null, Cancel),
            () => store.GetPropertiesAsync(key, Cancel),
            () => store.ListAsync("", null, Cancel).ToListAsync(Cancel).AsTask(),
            () => store.DeleteAsync(key, Cancel),
        ];

        await Task.WhenAll(calls.Select(async call =>
        {
            // Without the budget it would be the limit of the client, 100 s.
            await Assert.ThrowsAsync<BlobStoreUnavailableException>(() => call().WaitAsync(s_options.Timeout + TimeSpan.FromSeconds(30), Cancel));
        }));
    }

    /// <summary>Larger content takes several requests.</summary>
    private protected virtual int LargestPart => s_options.BlockSize;

    private protected abstract Task<FaultyFront> FrontAsync();

    private protected abstract IBlobStore Open(FaultyFront front);

    private static string NewKey() => BlobKeys.NewOriginal(TimeProvider.System.GetUtcNow());

    private static async Task<byte[]> ReadAsync(IBlobStore store, string key)
    {
        await using var stream = await store.OpenReadAsync(key, 0, null, Cancel);
        using var bytes = new MemoryStream();
        await stream!.CopyToAsync(bytes, Cancel);
        return bytes.ToArray();
    }
}
