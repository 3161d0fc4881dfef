using System.Net;
using BillionHearts.Dashboard.Configuration;
using BillionHearts.Dashboard.Login;
using BillionHearts.Dashboard.Tests.Telemetry;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Time.Testing;

namespace BillionHearts.Dashboard.Tests.Login;

public sealed class LoginTests(LoginTests.Fixture fixture) : IClassFixture<LoginTests.Fixture>
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("/")]
    [InlineData("/traces")]
    [InlineData("/structuredlogs?text=secret")]
    [InlineData("/consolelogs/resource/api-1")]
    public async Task A_page_leads_to_the_login_and_back(string page)
    {
        using var answer = await SendAsync(HttpMethod.Get, page, request => request.Headers.Accept.ParseAdd("text/html"));

        Assert.Equal(HttpStatusCode.Redirect, answer.StatusCode);
        Assert.Equal($"/login?returnUrl={Uri.EscapeDataString(page)}", answer.Headers.Location!.ToString());
    }

    [Theory]
    [InlineData("POST", "/_blazor/negotiate?negotiateVersion=1")]
    [InlineData("GET", "/_blazor")]
    [InlineData("POST", "/_blazor/disconnect")]
    [InlineData("GET", "/_blazor/initializers")]
    [InlineData("GET", "/consolelogs/resource/api-1/download")]
    [InlineData("GET", "/traces")]
    [InlineData("POST", "/logout")]
    public async Task Nothing_that_shows_or_does_anything_answers_without_the_token(string method, string path)
    {
        using var answer = await SendAsync(new(method), path);

        Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
        Assert.Empty(await answer.Content.ReadAsByteArrayAsync(Cancel));
    }

    [Fact]
    public async Task The_printed_address_logs_in_with_a_cookie_that_no_script_and_no_other_site_can_use()
    {
        using var answer = await SendAsync(HttpMethod.Get, $"/login?t={RunningDashboard.Token}&returnUrl=%2Ftraces");

        Assert.Equal((HttpStatusCode.Redirect, "/traces"), (answer.StatusCode, answer.Headers.Location!.ToString()));
        var cookie = answer.Headers.GetValues("Set-Cookie").Single();
        Assert.StartsWith($"billionhearts-dashboard-{fixture.Dashboard.Frontend.Port}=", cookie, StringComparison.Ordinal);
        Assert.Equal(["httponly", "max-age=259200", "path=/", "samesite=strict"], cookie.Split("; ").Skip(1).Where(flag => !flag.StartsWith("expires=", StringComparison.Ordinal)).Order());
        Assert.DoesNotContain(RunningDashboard.Token, cookie, StringComparison.Ordinal);

        using var page = await SendAsync(HttpMethod.Get, "/traces", request => request.Headers.Add("Cookie", cookie.Split(';')[0]));
        Assert.Equal(HttpStatusCode.OK, page.StatusCode);
        Assert.Contains("<h1>Traces</h1>", await page.Content.ReadAsStringAsync(Cancel), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("wrong")]
    [InlineData(RunningDashboard.Token + "x")]
    public async Task A_wrong_token_is_refused_and_sets_no_cookie(string token)
    {
        using var answer = await SendAsync(HttpMethod.Get, $"/login?t={token}");

        Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
        Assert.DoesNotContain(answer.Headers.TryGetValues("Set-Cookie", out var cookies) ? cookies : [], cookie => cookie.StartsWith("billionhearts", StringComparison.Ordinal));
        Assert.Contains("not the token", await answer.Content.ReadAsStringAsync(Cancel), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("https://example.com/")]
    [InlineData("//example.com/")]
    [InlineData("/\\example.com/")]
    [InlineData("/\t/example.com/")]
    [InlineData("javascript:alert(1)")]
    [InlineData("traces")]
    public async Task A_login_leads_nowhere_but_here(string returnUrl)
    {
        using var answer = await SendAsync(HttpMethod.Get, $"/login?t={RunningDashboard.Token}&returnUrl={Uri.EscapeDataString(returnUrl)}");

        Assert.Equal("/", answer.Headers.Location!.ToString());
    }

    [Theory]
    [InlineData("Origin", "http://localhost:8080")]
    [InlineData("Origin", "null")]
    [InlineData("Host", "attacker.example")]
    public async Task A_page_of_another_origin_is_refused_though_it_brings_the_cookie(string header, string value)
    {
        var cookie = await LogInAsync();

        using var answer = await SendAsync(HttpMethod.Post, "/_blazor/negotiate?negotiateVersion=1", request =>
        {
            request.Headers.Add("Cookie", cookie);
            request.Headers.TryAddWithoutValidation(header, value);
        });

        Assert.Equal(HttpStatusCode.Forbidden, answer.StatusCode);
    }

    [Fact]
    public async Task Every_page_forbids_scripts_and_requests_of_others_and_frames()
    {
        using var answer = await SendAsync(HttpMethod.Get, "/login");
        var policy = answer.Headers.GetValues("Content-Security-Policy").Single();

        Assert.Contains("default-src 'none'; script-src 'self'; style-src 'self';", policy, StringComparison.Ordinal);
        Assert.Contains("frame-ancestors 'none'", policy, StringComparison.Ordinal);
        Assert.Equal("nosniff", answer.Headers.GetValues("X-Content-Type-Options").Single());
    }

    [Fact]
    public void A_login_ends_after_three_days_and_with_its_token()
    {
        var clock = new FakeTimeProvider(Some.Noon);
        var ticket = Ticket("one", clock);
        var issued = ticket.Issue();

        Assert.True(ticket.IsValid(issued));
        Assert.False(Ticket("two", clock).IsValid(issued));
        Assert.False(ticket.IsValid(issued.Replace(issued[..4], "9999", StringComparison.Ordinal)));
        Assert.All(["", ".", "1", "1.", "x.y", null], forged => Assert.False(ticket.IsValid(forged)));

        clock.Advance(TimeSpan.FromDays(3));
        Assert.False(ticket.IsValid(issued));
    }

    [Fact]
    public async Task Where_anyone_may_look_no_token_is_asked_for()
    {
        await using var dashboard = await RunningDashboard.StartAsync(Cancel, "ASPIRE_DASHBOARD_UNSECURED_ALLOW_ANONYMOUS=true");
        using var client = dashboard.CreateClient();
        using var page = await client.GetAsync("/traces", Cancel);

        Assert.Equal(HttpStatusCode.OK, page.StatusCode);
    }

    private static LoginTicket Ticket(string token, TimeProvider clock) => new(
        DashboardSettings.Read(new ConfigurationBuilder().AddInMemoryCollection([new("Dashboard:Frontend:BrowserToken", token)]).Build()), clock);

    private async Task<string> LogInAsync()
    {
        using var answer = await SendAsync(HttpMethod.Get, $"/login?t={RunningDashboard.Token}");
        return answer.Headers.GetValues("Set-Cookie").Single().Split(';')[0];
    }

    private async Task<HttpResponseMessage> SendAsync(HttpMethod method, string path, Action<HttpRequestMessage>? with = null)
    {
        using var client = fixture.Dashboard.CreateClient();
        using var request = new HttpRequestMessage(method, path);
        with?.Invoke(request);
        return await client.SendAsync(request, Cancel);
    }

    public sealed class Fixture : IAsyncLifetime
    {
        internal RunningDashboard Dashboard { get; private set; } = null!;

        public async ValueTask InitializeAsync() => Dashboard = await RunningDashboard.StartAsync(TestContext.Current.CancellationToken);

        public ValueTask DisposeAsync() => Dashboard.DisposeAsync();
    }
}
