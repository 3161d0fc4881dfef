using BillionHearts.Notifications.Webhooks.Addresses;

namespace BillionHearts.Tests.Notifications.Webhooks;

/// <summary>The text of an address. No name is resolved here.</summary>
public sealed class WebhookUrlTests
{
    [Theory]
    [InlineData("https://hooks.example.com/photos")]
    [InlineData("https://hooks.example.com")]
    [InlineData("https://hooks.example.com:443/a?key=1&b=%2f")]
    [InlineData("https://hooks.example.com:8443/")]
    [InlineData("HTTPS://Hooks.Example.COM/a")]
    [InlineData("https://xn--bcher-kva.example.com/")]
    [InlineData("https://8.8.8.8/")]
    [InlineData("https://[2606:4700:4700::1111]/")]
    public void A_public_https_address_is_accepted(string url) => Assert.Null(WebhookUrl.FindFault(url, allowsLoopback: false, out _));

    [Theory]
    [InlineData("http://hooks.example.com/")]
    [InlineData("file:///etc/passwd")]
    [InlineData("file://hooks.example.com/etc/passwd")]
    [InlineData("ftp://hooks.example.com/")]
    [InlineData("gopher://hooks.example.com/")]
    [InlineData("unix:///var/run/docker.sock")]
    [InlineData("data:text/plain,hello")]
    [InlineData("javascript:alert(1)")]
    [InlineData("wss://hooks.example.com/")]
    [InlineData("//hooks.example.com/")]
    [InlineData("hooks.example.com")]
    [InlineData("")]
    public void Any_other_scheme_is_refused(string url) => AssertRefused(url, "https://");

    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("127.1")]
    [InlineData("0.0.0.0")]
    [InlineData("0")]
    [InlineData("localhost")]
    [InlineData("localhost.")]
    [InlineData("LOCALHOST")]
    [InlineData("a.localhost")]
    [InlineData("[::1]")]
    [InlineData("[::]")]
    [InlineData("2130706433")]
    [InlineData("0x7f.1")]
    [InlineData("0x7f000001")]
    [InlineData("127.0.0.0x1")]
    [InlineData("017700000001")]
    [InlineData("0177.0.0.1")]
    [InlineData("127.0.0.1.")]
    [InlineData("10.1.2.3")]
    [InlineData("172.31.255.255")]
    [InlineData("192.168.0.1")]
    [InlineData("100.64.0.1")]
    [InlineData("169.254.169.254")]
    [InlineData("192.0.0.192")]
    [InlineData("198.19.0.1")]
    [InlineData("224.0.0.1")]
    [InlineData("240.0.0.1")]
    [InlineData("255.255.255.255")]
    [InlineData("168.63.129.16")]
    [InlineData("8.8.2056")]
    [InlineData("008.8.8.8")]
    [InlineData("metadata.google.internal")]
    [InlineData("metadata.tencentyun.com")]
    [InlineData("instance-data")]
    [InlineData("postgres")]
    [InlineData("rabbitmq.default.svc.cluster.local")]
    [InlineData("printer.lan")]
    [InlineData("1.0.0.127.in-addr.arpa")]
    [InlineData("[fc00::1]")]
    [InlineData("[fd00:ec2::254]")]
    [InlineData("[fe80::1]")]
    [InlineData("[ff02::1]")]
    [InlineData("[::ffff:127.0.0.1]")]
    [InlineData("[::ffff:8.8.8.8]")]
    [InlineData("[::ffff:10.0.0.1]")]
    [InlineData("[::ffff:a00:1]")]
    [InlineData("[0:0:0:0:0:ffff:a9fe:a9fe]")]
    [InlineData("[::127.0.0.1]")]
    [InlineData("[2002:7f00:1::]")]
    [InlineData("[64:ff9b::7f00:1]")]
    [InlineData("[64:ff9b:1::1]")]
    [InlineData("[2001:0:4136:e378:8000:63bf:3fff:fdd2]")]
    [InlineData("[2606:4700::5efe:10.0.0.1]")]
    [InlineData("[2606:4700::200:5efe:a00:1]")]
    [InlineData("[2001:db8::1]")]
    [InlineData("[1]")]
    [InlineData("[::1%25eth0]")]
    public void A_host_that_is_not_public_is_refused(string host)
    {
        Assert.NotNull(WebhookUrl.FindFault($"https://{host}/", allowsLoopback: false, out _));
        Assert.NotNull(WebhookUrl.FindFault($"https://{host}:8443/a", allowsLoopback: false, out _));
    }

    [Theory]
    [InlineData("https://user:pass@hooks.example.com/")]
    [InlineData("https://user@hooks.example.com/")]
    [InlineData("https://evil.example.com#@hooks.example.com/")]
    [InlineData("https://hooks.example.com/#fragment")]
    [InlineData(@"https://hooks.example.com\@evil.example.com/")]
    [InlineData(@"https://hooks.example.com/a\b")]
    [InlineData("https://hooks.example.com/ü")]
    [InlineData("https://hооks.example.com/")]
    [InlineData("https://127。0。0。1/")]
    [InlineData("https://①②⑦.0.0.1/")]
    [InlineData("https://hooks.example.com./")]
    [InlineData("https://hooks..example.com/")]
    [InlineData("https://.example.com/")]
    [InlineData("https://-a.example.com/")]
    [InlineData("https://%31%32%37.0.0.1/")]
    [InlineData("https://hooks.example.com%00.evil.com/")]
    [InlineData("https://hooks.example.com\r\nX-A: b/")]
    [InlineData("https://hooks.example.com /")]
    [InlineData(" https://hooks.example.com/")]
    [InlineData("https://hooks.example.com/\n")]
    [InlineData("https:hooks.example.com/")]
    [InlineData("https:///hooks.example.com/")]
    public void A_form_that_two_parsers_may_read_differently_is_refused(string url) =>
        Assert.NotNull(WebhookUrl.FindFault(url, allowsLoopback: false, out _));

    [Theory]
    [InlineData(22)]
    [InlineData(25)]
    [InlineData(80)]
    [InlineData(0)]
    [InlineData(5672)]
    [InlineData(6379)]
    [InlineData(15672)]
    [InlineData(65536)]
    [InlineData(99999)]
    public void A_port_other_than_443_and_8443_is_refused_and_named(int port) => AssertRefused($"https://hooks.example.com:{port}/", $"443 or 8443, not {port}");

    [Fact]
    public void An_address_of_more_than_2048_characters_is_refused_with_its_length() =>
        AssertRefused($"https://hooks.example.com/{new string('a', 8192)}", "at most 2048 characters, not 8218");

    [Theory]
    [InlineData("http://127.0.0.1:5000/", true)]
    [InlineData("http://localhost:5000/", true)]
    [InlineData("https://[::1]:5001/", true)]
    [InlineData("http://hooks.example.com/", false)]
    [InlineData("https://hooks.example.com:5000/", false)]
    [InlineData("http://10.0.0.1/", false)]
    [InlineData("http://127.1/", false)]
    [InlineData("http://[::ffff:127.0.0.1]/", false)]
    public void Development_permits_http_to_the_same_machine_and_no_further(string url, bool isAccepted) =>
        Assert.Equal(isAccepted, WebhookUrl.FindFault(url, allowsLoopback: true, out _) is null);

    private static void AssertRefused(string url, string expected) =>
        Assert.Contains(expected, WebhookUrl.FindFault(url, allowsLoopback: false, out _), StringComparison.Ordinal);
}
