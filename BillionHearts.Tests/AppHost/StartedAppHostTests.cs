using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;
using BillionHearts.Tests.Distributed;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace BillionHearts.Tests.AppHost;

/// <summary>What a user of <c>./run</c> sees: the terminal, the dashboard, and what is left afterwards.</summary>
[Collection(typeof(Outages))]
public sealed partial class StartedAppHostTests : IDisposable
{
    // Everything starts at once on two processors that other tests may have just left busy.
    private static readonly TimeSpan s_startLimit = TimeSpan.FromMinutes(2);
    private static readonly string[] s_resources = ["analysis", "api-1", "api-2", "blobs", "gateway", "messaging", "notifications", "postgres", "web"];

    // Not a private folder: the account that servers run as has to get through.
    private readonly string _data = Path.Combine(Path.GetTempPath(), $"apphost-{Guid.NewGuid():n}");
    private readonly int _dashboard = FreePorts.TakeConsecutive(4) + 1;

    private int Gateway => _dashboard + 2;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose() => Directory.Delete(_data, recursive: true);

    [Fact]
    public async Task A_run_is_shown_in_the_dashboard_keeps_its_data_and_leaves_no_process()
    {
        var (user, image) = await KilledRunAsync();
        await WrongPasswordAsync();

        await using var program = Start();
        var output = await program.WaitForOutputAsync("Press Ctrl-C to stop.", s_startLimit, Cancel);
        await using var chromium = await Chromium.StartAsync();
        var login = output.Split('\n').First(line => line.Contains("/login?t=", StringComparison.Ordinal));
        await using var page = await chromium.OpenAsync(new Uri(login[login.IndexOf("http", StringComparison.Ordinal)..].Trim()));

        await KeptAsync(user, image);
        await AllRunningAsync(page.Page);
        await OneTraceAsync(page.Page, user);

        var tree = ProcessTree.StartedBy(program.Id);
        Signal.Send(program.Id, Signal.Interrupt);
        Assert.Equal(0, await program.WaitForExitAsync(TimeSpan.FromSeconds(30), Cancel));
        await NothingLeftAsync(tree, TimeSpan.FromSeconds(20));
    }

    /// <summary>A run that stores an upload and is killed with SIGKILL.</summary>
    private async Task<(long User, long Image)> KilledRunAsync()
    {
        await using var program = Start();
        var output = await program.WaitForOutputAsync("Press Ctrl-C to stop.", s_startLimit, Cancel);
        Assert.All(s_resources, name => Assert.Matches($@"(?m)^ +\d+\.\d s  {name} +healthy", output));
        Assert.Matches(@"(?m)^All healthy after \d+\.\d s\.$", output);
        Assert.Contains($"http://localhost:{Gateway}/docs", output, StringComparison.Ordinal);
        Assert.DoesNotMatch("(?m)^(info|warn|fail|crit):", output);

        var other = FreePorts.TakeConsecutive(4) + 1;
        await RefusedAsync($"The data folder '{_data}' is in use by another run (process {program.Id}). Stop that run, or choose another folder with BILLIONHEARTS_DATA=/path/to/folder.", $"--Dashboard:Port={other}", $"--Gateway:Port={other + 2}");
        await RefusedAsync($"Port {Gateway}, which the gateway needs, is in use by another program. Stop that program, or choose another port with --Gateway:Port=8081.", $"--Dashboard:Port={other}", $"--Gateway:Port={Gateway}");
        await RefusedAsync($"Port {_dashboard}, which the dashboard needs, is in use by another program. Stop that program, or choose another port with --Dashboard:Port=19888.", $"--Dashboard:Port={_dashboard}", $"--Gateway:Port={other + 2}");

        using var client = Client();
        var user = await client.CreateUserAsync(Cancel);
        var id = (await client.UploadAsync(user, TestImages.Jpeg(640, 480), "kept.jpg", Cancel)).GetProperty("id").GetInt64();
        await client.AnalyzedAsync(id, Cancel);

        var tree = ProcessTree.StartedBy(program.Id);
        // The servers, the services, the dashboard, and those of Aspire's orchestrator that watch over each.
        Assert.InRange(tree.Count, s_resources.Length * 2, 200);
        Signal.Send(program.Id, Signal.Kill);
        await NothingLeftAsync(tree, TimeSpan.FromSeconds(30));
        return (user, id);
    }

    /// <summary>A password that does not fit the data is said on the terminal, with the way to the data.</summary>
    private async Task WrongPasswordAsync()
    {
        await using var program = Start("--Parameters:postgres-password=wrong", "--RestartOnFailure=false");
        var output = await program.WaitForOutputAsync("created with another user or password", s_startLimit, Cancel);

        Assert.Contains($"postgres | Resource 'postgres' cannot start: the data in '{_data}/postgres/", output, StringComparison.Ordinal);
        Assert.Contains($"'postgres-password' in '{_data}/secrets.json'", output, StringComparison.Ordinal);
    }

    private async Task KeptAsync(long user, long image)
    {
        using var client = Client();
        Assert.Equal(user, (await client.GetImageAsync(image, Cancel)).GetProperty("user_id").GetInt64());
        Assert.NotEmpty(await client.Http.GetByteArrayAsync(new Uri($"/images/{image}/download", UriKind.Relative), Cancel));
    }

    private static async Task AllRunningAsync(IPage page)
    {
        foreach (var name in s_resources)
        {
            await Expect(page.GetByRole(AriaRole.Row).Filter(new() { Has = page.GetByText(name, new() { Exact = true }) }).First).ToContainTextAsync("Running");
        }

        // Where nothing speaks TLS, nothing is to be said about certificates.
        await Expect(page.GetByText("certificate")).ToHaveCountAsync(0);
        await Screenshots.TakeAsync(page, "dashboard-resources");
    }

    private async Task OneTraceAsync(IPage page, long user)
    {
        using var client = Client();
        var traceId = ActivityTraceId.CreateRandom().ToHexString();
        client.Http.DefaultRequestHeaders.Add("traceparent", $"00-{traceId}-{ActivitySpanId.CreateRandom().ToHexString()}-01");
        var id = (await client.UploadAsync(user, TestImages.Jpeg(1400, 1050), "traced.jpg", Cancel)).GetProperty("id").GetInt64();
        client.Http.DefaultRequestHeaders.Remove("traceparent");
        await client.AnalyzedAsync(id, Cancel);

        // Opened anew until it has all its spans: the page stands still while more arrive.
        var detail = new Uri(new Uri(page.Url), $"/traces/detail/{traceId}");
        await Eventually.ReadAsync(
            async cancel =>
            {
                await page.GotoAsync(detail.ToString());
                await Expect(page.GetByText("POST /images/").First).ToBeVisibleAsync();
                return TracedResources().Match(await page.Locator("body").InnerTextAsync()) is { Success: true } match ? int.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture) : 0;
            },
            // Processes of ours, and servers that only our spans know.
            until: resources => resources >= 5,
            within: TimeSpan.FromSeconds(30),
            Cancel);
        await Expect(page.GetByText("analysis attempt").First).ToBeVisibleAsync();
        await Screenshots.TakeAsync(page, "dashboard-trace");
    }

    private AppHostProgram Start(params string[] args) =>
        AppHostProgram.Start([$"--BILLIONHEARTS_DATA={_data}", $"--Dashboard:Port={_dashboard}", $"--Gateway:Port={Gateway}", .. args]);

    private ImagesClient Client() => new(new HttpClient { BaseAddress = new Uri($"http://localhost:{Gateway}") });

    private async Task RefusedAsync(string sentence, params string[] ports)
    {
        await using var second = AppHostProgram.Start([$"--BILLIONHEARTS_DATA={_data}", .. ports]);
        Assert.Equal(1, await second.WaitForExitAsync(TimeSpan.FromSeconds(30), Cancel));
        Assert.Equal(sentence, second.Output.Trim());
    }

    private static Task<IReadOnlyList<string>> NothingLeftAsync(ProcessTree tree, TimeSpan limit) =>
        Eventually.ReadAsync(_ => Task.FromResult(tree.Running), until: left => left.Count is 0, limit, Cancel);

    // "Duration 6.01s\nResources 7\nDepth 12", above the spans
    [GeneratedRegex(@"Resources (\d+)")]
    private static partial Regex TracedResources();
}
