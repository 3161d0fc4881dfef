using BillionHearts.Storage;

namespace BillionHearts.Tests.Storage;

public sealed class BlobKeysTests
{
    private static readonly DateTimeOffset s_evening = new(2026, 3, 4, 23, 30, 0, TimeSpan.FromHours(-2));

    [Fact]
    public void An_original_is_filed_under_its_hour_in_UTC_and_cannot_be_guessed()
    {
        var keys = Enumerable.Range(0, 1000).Select(_ => BlobKeys.NewOriginal(s_evening)).ToHashSet();

        Assert.Equal(1000, keys.Count);
        Assert.All(keys, key => Assert.Matches("^originals/2026/03/05/01/[0-9a-f]{32}$", key));
        Assert.All(keys, key => Assert.True(BlobKeys.IsValid(key)));
    }

    [Fact]
    public void A_rendition_lies_at_the_same_path_beside_the_originals()
    {
        Assert.Equal("renditions/2026/03/05/01/abc/thumb.webp", BlobKeys.Rendition("originals/2026/03/05/01/abc", "thumb"));
    }

    [Fact]
    public void A_key_longer_than_any_that_is_made_is_not_valid()
    {
        Assert.True(BlobKeys.IsValid(new string('a', 240)));
        Assert.False(BlobKeys.IsValid(new string('a', 241)));
    }
}
