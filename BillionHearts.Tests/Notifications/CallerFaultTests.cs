using System.Net;
using BillionHearts.Tests.Distributed;

namespace BillionHearts.Tests.Notifications;

/// <summary>What one caller sends with a request for a stream, and what becomes of the streams of others.</summary>
public sealed class CallerFaultTests(AppHostFixture app)
{
    // More than the circuit of the shared client needs to open.
    private const int Requests = 150;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("Authorization: Bearer \u00e9")]
    [InlineData("Authorization: Bearer 400")]
    [InlineData("Authorization: Bearer 401")]
    [InlineData("Authorization: Bearer 408")]
    [InlineData("Authorization: Bearer limited")]
    [InlineData("Authorization: Bearer 500")]
    [InlineData("Authorization: Bearer 404\r\ntraceparent: 00-0123456789abcdef0123456789abcdef-0123456789abcdef-01\r\ntracestate: a=\u00e9")]
    [InlineData("Authorization: Bearer 401\r\ntraceparent: 00-0123456789abcdef0123456789abcdef-0123456789abcdef-01\r\nbaggage: a=\u00e9,\u4e2d=b\r\nCorrelation-Context: c=\u00e9")]
    public async Task What_one_caller_sends_again_and_again_closes_no_stream_of_another(string header)
    {
        await using var host = await NotificationsHost.StartAsync(app, Cancel);

        await Parallel.ForEachAsync(Enumerable.Range(0, Requests), new ParallelOptions { MaxDegreeOfParallelism = 50, CancellationToken = Cancel }, async (_, _) => await GetAsync(host, header));

        await AssertStreamOpensAsync(host);
    }

    [Fact]
    public async Task Callers_that_leave_before_the_answer_close_no_stream_of_another()
    {
        await using var host = await NotificationsHost.StartAsync(app, Cancel);

        await Parallel.ForEachAsync(Enumerable.Range(0, Requests), new ParallelOptions { MaxDegreeOfParallelism = 50, CancellationToken = Cancel }, async (_, _) =>
        {
            using var leaving = new CancellationTokenSource(TimeSpan.FromMilliseconds(100));
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => GetAsync(host, "Authorization: Bearer slow", leaving.Token));
        });

        await AssertStreamOpensAsync(host);
    }

    private static Task<string> GetAsync(NotificationsHost host, string header, CancellationToken? cancellationToken = null) =>
        RawCall.GetAsync(host.Http.BaseAddress!, $"/users/{TestEvents.NewUser()}/events", header, cancellationToken ?? Cancel);

    private static async Task AssertStreamOpensAsync(NotificationsHost host)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, $"/users/{TestEvents.NewUser()}/events");
        request.Headers.TryAddWithoutValidation("Authorization", "Bearer good");
        using var response = await host.Http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, Cancel);

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
    }
}
