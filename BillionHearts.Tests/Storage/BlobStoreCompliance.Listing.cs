using BillionHearts.Storage;

namespace BillionHearts.Tests.Storage;

public abstract partial class BlobStoreCompliance
{
    // In the order of their characters, where '-' and '.' come before '/' and digits after it; some are the beginning of others.
    private static readonly string[] s_keys =
    [
        "B", "a", "a-b", "a.b", "a/b", "a/b-c/d", "a/b/c", "a/b/c/d/e/f", "a/b/c/d/e/f-g", "a/b/c/d/e/f/g", "a/b/c/d/e/f0", "a0", "a_b", "b",
    ];

    [Fact]
    public async Task A_listing_is_in_the_order_of_the_keys_whatever_folders_they_look_like()
    {
        var store = await OpenAsync();
        var prefix = $"{NewKey()}/";
        foreach (var (key, length) in s_keys.Select((key, index) => (key, index)).Reverse())
        {
            await store.WriteAsync(prefix + key, new byte[length], "image/jpeg", Cancel);
        }

        var listed = await store.ListAsync(prefix, null, Cancel).ToListAsync(Cancel);

        Assert.Equal(s_keys.Select((key, index) => (prefix + key, (long)index)), listed.Select(blob => (blob.Key, blob.Length)));
        Assert.All(listed, blob => Assert.Equal(TimeProvider.System.GetUtcNow(), blob.LastModified, TimeSpan.FromMinutes(1)));
    }

    [Theory]
    [InlineData("", "b")]
    [InlineData("a", null)]
    [InlineData("a/b", null)]
    [InlineData("a/b", "a/b/c/d")]
    [InlineData("a/b/", null)]
    [InlineData("a/b/c/d/e/f", "a/b/c/d/e/f")]
    [InlineData("a", "a")]
    [InlineData("", "a/")]
    [InlineData("", "a/b0")]
    [InlineData("c", null)]
    public async Task A_listing_holds_what_has_the_prefix_and_comes_after(string prefix, string? after)
    {
        var store = await OpenAsync();
        var start = $"{NewKey()}/";
        foreach (var key in s_keys)
        {
            await store.WriteAsync(start + key, new byte[1], "image/jpeg", Cancel);
        }

        var listed = await store.ListAsync(start + prefix, after is null ? null : start + after, Cancel).Select(blob => blob.Key).ToListAsync(Cancel);

        Assert.Equal(
            s_keys.Where(key => key.StartsWith(prefix, StringComparison.Ordinal) && string.CompareOrdinal(key, after) > 0),
            listed.Select(key => key[start.Length..]));
    }

    [Fact]
    public async Task A_store_that_holds_nothing_yet_lists_nothing()
    {
        Assert.Empty(await (await OpenAsync()).ListAsync("", null, Cancel).ToListAsync(Cancel));
    }

    [Theory]
    [InlineData("../")]
    [InlineData("/")]
    [InlineData("a//")]
    [InlineData("a/..")]
    [InlineData("a b")]
    public async Task A_prefix_that_no_key_begins_with_is_refused(string prefix)
    {
        var store = await OpenAsync();

        await Assert.ThrowsAsync<ArgumentException>(() => store.ListAsync(prefix, null, Cancel).ToListAsync(Cancel).AsTask());
    }
}
