using System.Text;

namespace BillionHearts.Tests.Notifications;

/// <summary>What becomes of the credentials that come with a request for a stream.</summary>
public sealed class StreamCredentialTests(NotificationsFixture fixture) : IClassFixture<NotificationsFixture>
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("Authorization: Bearer \u00e9")]
    [InlineData("Authorization: Bearer \u4e2d\u6587")]
    [InlineData("Authorization: Bearer a\u0001b")]
    [InlineData("Authorization: Bearer a\u007f")]
    [InlineData("Authorization: Bearer \ta\tb")]
    [InlineData("Authorization: ")]
    public async Task Malformed_credentials_are_refused_as_an_invalid_token(string header)
    {
        AssertInvalidToken(await GetAsync(header));
    }

    [Fact]
    public async Task Credentials_that_are_not_even_UTF8_are_an_invalid_token()
    {
        AssertInvalidToken(await GetAsync("Authorization: Bearer \u00ff", Encoding.Latin1));
    }

    [Theory]
    [InlineData(8_186)]
    [InlineData(32_600)]
    public async Task Credentials_as_long_as_a_whole_header_are_an_invalid_token(int length)
    {
        AssertInvalidToken(await GetAsync($"Authorization: Bearer {new string('a', length)}"));
    }

    [Theory]
    [InlineData("429", "429")]
    [InlineData("400", "401")]
    [InlineData("431", "401")]
    [InlineData("401", "401")]
    [InlineData("403", "403")]
    [InlineData("404", "404")]
    [InlineData("500", "503")]
    public async Task A_refusal_by_the_api_is_passed_on(string token, string status)
    {
        var answer = await GetAsync($"Authorization: Bearer {token}");

        Assert.StartsWith($"HTTP/1.1 {status} ", answer, StringComparison.Ordinal);
        Assert.Contains("application/problem+json", answer, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_limit_of_the_api_is_passed_on_with_its_pause()
    {
        var answer = await GetAsync("Authorization: Bearer limited");

        Assert.StartsWith("HTTP/1.1 429 ", answer, StringComparison.Ordinal);
        Assert.Contains("Retry-After: 7\r\n", answer, StringComparison.Ordinal);
    }

    private Task<string> GetAsync(string header, Encoding? encoding = null) =>
        RawCall.GetAsync(fixture.Host.Http.BaseAddress!, $"/users/{TestEvents.NewUser()}/events", header, Cancel, encoding);

    private static void AssertInvalidToken(string answer)
    {
        Assert.StartsWith("HTTP/1.1 401 ", answer, StringComparison.Ordinal);
        Assert.Contains("Content-Type: application/problem+json", answer, StringComparison.Ordinal);
        Assert.Contains("WWW-Authenticate: Bearer error=\"invalid_token\"", answer, StringComparison.Ordinal);
        Assert.Contains("Could not validate credentials", answer, StringComparison.Ordinal);
    }
}
