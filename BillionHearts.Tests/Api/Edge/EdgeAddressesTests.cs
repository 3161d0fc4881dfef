using BillionHearts.Api.Delivery.Edge;

namespace BillionHearts.Tests.Api.Edge;

public sealed class EdgeAddressesTests
{
    private static readonly string[] s_made = ["256x256.webp", "256x256.avif", "512x512-fit.jpeg", "clean", "no-name"];

    [Fact]
    public void An_images_cached_addresses_include_every_copy_that_may_be_stored()
    {
        var addresses = EdgeAddresses.List("k", s_made).Select(address => $"{address.Name} {address.Accept}").ToList();

        Assert.Equal(3 + (2 * 6) + 1, addresses.Count);
        Assert.Equal(addresses.Count, addresses.Distinct().Count());
        Assert.Equal(
            ["256x256.auto image/avif", "256x256.auto image/jpeg", "256x256.auto image/webp", "256x256.avif */*", "256x256.jpeg */*", "256x256.webp */*"],
            addresses.Where(address => address.StartsWith("256", StringComparison.Ordinal)).Order(StringComparer.Ordinal));
        Assert.Contains("clean */*", addresses);
    }
}
