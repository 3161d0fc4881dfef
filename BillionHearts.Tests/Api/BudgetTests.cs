using System.Net;
using BillionHearts.Api.Uploads.Admission;
using BillionHearts.Tests.Distributed;
using Microsoft.Extensions.DependencyInjection;

namespace BillionHearts.Tests.Api;

/// <summary>How many bytes one process accepts at once, and for how long.</summary>
public sealed class BudgetTests(BudgetFixture fixture) : IClassFixture<BudgetFixture>
{
    private static readonly byte[] s_jpeg = TestImages.Jpeg(64, 48);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private ApiHost Host => fixture.Host;

    private ByteBudget Budget => Host.App.Services.GetRequiredService<ByteBudget>();

    [Theory]
    [InlineData("Content-Length: 190000", 2 * 190_000)]
    [InlineData("Transfer-Encoding: chunked", 2 * BudgetFixture.MaxBytes)]
    public async Task An_upload_above_the_memory_budget_is_503_unread_until_there_is_room(string length, int taken)
    {
        var id = await Host.AnnounceAsync(await Host.CreateUserAsync(Cancel));
        var open = new List<RawRequest>();

        try
        {
            for (var i = 0; i < 2; i++)
            {
                open.Add(await OpenAsync(id, length));
            }

            await Eventually.ReadAsync(_ => Task.FromResult(Budget.Taken), until: now => now == taken, TimeSpan.FromSeconds(30), Cancel);

            using var refused = await OpenAsync(id, $"{length}\r\nExpect: 100-continue", sent: 0);
            Assert.Equal(503, await refused.ReadStatusAsync(Cancel));

            using var small = await Host.Http.PutAsync($"/images/{id}/content", new ByteArrayContent(s_jpeg), Cancel);
            Assert.Equal(HttpStatusCode.OK, small.StatusCode);
        }
        finally
        {
            open.ForEach(request => request.Abort());
        }

        await Eventually.ReadAsync(_ => Task.FromResult(Budget.Taken), until: now => now is 0, TimeSpan.FromSeconds(30), Cancel);
    }

    [Fact]
    public async Task Simultaneous_large_uploads_are_accepted_or_told_to_retry_later()
    {
        var user = await Host.CreateUserAsync(Cancel);
        byte[] file = [.. s_jpeg, .. new byte[150_000]];
        var answers = await Task.WhenAll(Enumerable.Range(0, 40).Select(_ => Host.PostAsync(user, file, Cancel)));
        var refused = answers.Where(answer => !answer.IsSuccessStatusCode).ToList();

        Assert.All(refused, answer => Assert.Equal((HttpStatusCode.ServiceUnavailable, "2"), (answer.StatusCode, answer.Headers.RetryAfter?.ToString())));
        Assert.InRange(answers.Length - refused.Count, 1, 39);
        Assert.Equal(answers.Length - refused.Count, await Host.Database.ScalarAsync<long>($"SELECT image_count FROM users WHERE id = {user}", Cancel));
        await Eventually.ReadAsync(_ => Task.FromResult(Budget.Taken), until: now => now is 0, TimeSpan.FromSeconds(30), Cancel);
    }

    [Fact]
    public async Task A_body_that_takes_too_long_is_408_and_leaves_nothing()
    {
        var id = await Host.AnnounceAsync(await Host.CreateUserAsync(Cancel));
        var begun = fixture.Clock.Count(BudgetFixture.Timeout);
        using var slow = await OpenAsync(id, "Content-Length: 190000");

        await fixture.Clock.WaitForTimersAsync(BudgetFixture.Timeout, begun + 1, Cancel);
        fixture.Clock.Advance(BudgetFixture.Timeout);
        Assert.Equal(408, await slow.ReadStatusAsync(Cancel));
        Assert.Equal("awaiting_content", (await Host.GetImageAsync(id, Cancel)).GetProperty("status").GetString());
    }

    /// <summary>Begins an upload and sends no more.</summary>
    private async Task<RawRequest> OpenAsync(long id, string headers, int sent = 40)
    {
        var request = new RawRequest(Host.Http.BaseAddress!);
        await request.SendAsync(Cancel, $"PUT /images/{id}/content HTTP/1.1", headers);

        if (sent > 0)
        {
            byte[] begin = headers.StartsWith("Transfer", StringComparison.Ordinal) ? [.. "1000\r\n"u8, .. s_jpeg[..sent]] : s_jpeg[..sent];
            await request.SendAsync(begin, Cancel);
        }

        return request;
    }
}

/// <summary>An api with room for two uploads of the largest size, each of which has two seconds of the fixture's clock.</summary>
public sealed class BudgetFixture(AppHostFixture app) : IAsyncLifetime
{
    public const int MaxBytes = 200_000;

    public static readonly TimeSpan Timeout = TimeSpan.FromSeconds(2);

    public ManualClock Clock { get; } = new();

    internal ApiHost Host { get; private set; } = null!;

    public async ValueTask InitializeAsync() => Host = await ApiHost.StartAsync(
        app, Clock, TestContext.Current.CancellationToken,
        ("Upload:MaxBytes", $"{MaxBytes}"), ("Upload:MaxBytesInFlight", $"{2 * (MaxBytes + 65_536)}"), ("Upload:Timeout", $"{Timeout}"));

    public ValueTask DisposeAsync() => Host is null ? ValueTask.CompletedTask : Host.DisposeAsync();
}
