using System.Text;

namespace BillionHearts.Tests.Access;

/// <summary>Authorization headers that no proper client sends, as bytes on a connection.</summary>
[Collection(typeof(GuardedApi))]
public sealed class MalformedCredentialTests(AccessFixture fixture)
{
    [Theory]
    [InlineData("Bearer \u00e9")]
    [InlineData("Bearer \u4e2d\u6587.\u00e9.\u00e9")]
    [InlineData("Bearer bh_\u00e9")]
    [InlineData("Bearer a\u0001b")]
    [InlineData("Bearer a\u007f")]
    [InlineData("B\u00e9arer a")]
    [InlineData("")]
    public async Task Malformed_credentials_are_an_invalid_token_to_the_api(string credentials) => await AssertInvalidTokenAsync(credentials, Encoding.UTF8);

    [Fact]
    public async Task Credentials_that_are_not_even_UTF8_are_an_invalid_token_to_the_api() => await AssertInvalidTokenAsync("Bearer \u00ff", Encoding.Latin1);

    private async Task AssertInvalidTokenAsync(string credentials, Encoding encoding)
    {
        foreach (var path in new[] { $"/users/{fixture.Ann.Id}/images", $"/internal/users/{fixture.Ann.Id}" })
        {
            var answer = await RawCall.GetAsync(
                fixture.Host.Http.BaseAddress!, path, $"Authorization: {credentials}", TestContext.Current.CancellationToken, encoding);

            Assert.StartsWith("HTTP/1.1 401 ", answer, StringComparison.Ordinal);
            Assert.Contains("application/problem+json", answer, StringComparison.Ordinal);
        }
    }
}
