using BillionHearts.Storage;

namespace BillionHearts.Tests.Storage;

public abstract partial class BlobStoreCompliance
{
    [Fact]
    public async Task An_address_leads_back_to_its_key_also_from_another_port()
    {
        var store = await OpenAsync();
        var key = NewKey();
        var address = store.GetUri(key);

        Assert.True(store.TryGetKey(address, out var same));
        Assert.Equal(key, same);
        Assert.True(store.TryGetKey(AtAnotherPort(address), out var moved));
        Assert.Equal(key, moved);
    }

    [Theory]
    [InlineData("../secrets/a")]
    [InlineData("%2e%2e/secrets/a")]
    [InlineData("..%2fsecrets%2fa")]
    [InlineData("a%2fb")]
    [InlineData("a//b")]
    [InlineData("")]
    [InlineData("a?sig=x")]
    [InlineData("a#b")]
    [InlineData("ü")]
    public async Task An_address_that_belongs_to_no_key_of_the_container_is_refused(string path)
    {
        var store = await OpenAsync();
        var container = store.GetUri("x").AbsoluteUri[..^1];

        Assert.False(store.TryGetKey(new Uri(container + path), out _));
    }

    [Theory]
    [InlineData("http://169.254.169.254/latest/meta-data")]
    [InlineData("http://example.org/devstoreaccount1/images/originals/x")]
    [InlineData("file:///etc/passwd")]
    [InlineData("originals/x")]
    public async Task An_address_elsewhere_is_refused(string address)
    {
        var store = await OpenAsync();

        Assert.False(store.TryGetKey(new Uri(address, UriKind.RelativeOrAbsolute), out _));
    }

    [Theory]
    [InlineData("")]
    [InlineData("/a")]
    [InlineData("a/")]
    [InlineData("a/../b")]
    [InlineData("./a")]
    [InlineData("a b")]
    [InlineData("a\\b")]
    [InlineData("a%41")]
    public async Task A_key_that_a_path_parser_would_change_is_refused(string key)
    {
        var store = await OpenAsync();

        Assert.Throws<ArgumentException>(() => store.GetUri(key));
        await Assert.ThrowsAsync<ArgumentException>(() => store.OpenReadAsync(key, 0, null, Cancel));
        await Assert.ThrowsAsync<ArgumentException>(() => store.CreateAsync(key, new TricklingStream([1]), "image/jpeg", Cancel));
        await Assert.ThrowsAsync<ArgumentException>(() => store.WriteAsync(key, new byte[1], "image/jpeg", Cancel));
        await Assert.ThrowsAsync<ArgumentException>(() => store.GetPropertiesAsync(key, Cancel));
        await Assert.ThrowsAsync<ArgumentException>(() => store.DeleteAsync(key, Cancel));
        await Assert.ThrowsAsync<ArgumentException>(() => store.CreateUploadAsync(key, "image/jpeg", 1, TimeProvider.System.GetUtcNow(), Cancel));
    }
}
