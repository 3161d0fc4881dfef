using System.Diagnostics;
using System.Net.Http.Headers;
using System.Text;
using System.Text.RegularExpressions;

namespace BillionHearts.Dashboard.Tests.Browser;

/// <summary>The AppHost as <c>./run</c> starts it, with the dashboard that it brings; on free ports, with data of its own.</summary>
public sealed partial class WholeSystem : IAsyncLifetime
{
    private static readonly TimeSpan s_startLimit = TimeSpan.FromMinutes(2);

    private readonly string _data = Directory.CreateTempSubdirectory("billionhearts-").FullName;
    private readonly StringBuilder _output = new();
    private readonly TaskCompletionSource<Uri> _login = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource<Uri> _gateway = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Process? _host;

    internal Task<Uri> LoginAsync(CancellationToken cancellationToken) => _login.Task.WaitAsync(cancellationToken);

    public async ValueTask InitializeAsync()
    {
        var start = new ProcessStartInfo(HostPath(), ["--DcpPublisher:RandomizePorts=true"])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            Environment = { ["BILLIONHEARTS_DATA"] = Path.Combine(_data, "data"), ["DOTNET_ENVIRONMENT"] = "Development" },
        };

        // Servers that dropped root must be able to walk through.
        File.SetUnixFileMode(_data, File.GetUnixFileMode(_data) | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute);
        _host = new() { StartInfo = start, EnableRaisingEvents = true };
        _host.OutputDataReceived += (_, line) => Hear(line.Data);
        _host.ErrorDataReceived += (_, line) => Hear(line.Data);
        _host.Exited += (_, _) => _login.TrySetException(new InvalidOperationException($"The host has ended: {Output()}"));
        _host.Start();
        _host.BeginOutputReadLine();
        _host.BeginErrorReadLine();
        await _login.Task.WaitAsync(s_startLimit);
    }

    /// <summary>Uploads an image through the gateway, once that is up.</summary>
    internal async Task UploadAsync(ActivityTraceId traceId, CancellationToken cancellationToken)
    {
        using var client = new HttpClient { BaseAddress = await _gateway.Task.WaitAsync(s_startLimit, cancellationToken) };
        using var user = await client.PostAsync("/users/", new StringContent($$"""{"username":"{{traceId}}"}""", MediaTypeHeaderValue.Parse("application/json")), cancellationToken);
        using var answer = System.Text.Json.JsonDocument.Parse(await user.Content.ReadAsStringAsync(cancellationToken));

        using var form = new MultipartFormDataContent
        {
            { new StringContent(answer.RootElement.GetProperty("id").ToString()), "user_id" },
            { new ByteArrayContent(await File.ReadAllBytesAsync(Path.Combine(AppContext.BaseDirectory, "sunset.png"), cancellationToken)), "file", "sunset.png" },
        };
        using var request = new HttpRequestMessage(HttpMethod.Post, "/images/") { Content = form, Headers = { { "traceparent", $"00-{traceId}-{ActivitySpanId.CreateRandom()}-01" } } };
        using var uploaded = await client.SendAsync(request, cancellationToken);
        uploaded.EnsureSuccessStatusCode();
    }

    public async ValueTask DisposeAsync()
    {
        if (_host is { HasExited: false })
        {
            using var kill = Process.Start("kill", ["-INT", $"{_host.Id}"]);
            await _host.WaitForExitAsync().WaitAsync(TimeSpan.FromSeconds(30));
        }

        _host?.Dispose();
        Directory.Delete(_data, recursive: true);
    }

    // Every project's output lies beside the others': artifacts/bin/<project>/<configuration>.
    private static string HostPath()
    {
        var own = new DirectoryInfo(AppContext.BaseDirectory.TrimEnd('/'));
        return Path.Combine(own.Parent!.Parent!.FullName, "BillionHearts.AppHost", own.Name, "BillionHearts.AppHost");
    }

    private string Output()
    {
        lock (_output)
        {
            return _output.ToString();
        }
    }

    private void Hear(string? line)
    {
        lock (_output)
        {
            _output.AppendLine(line);
        }

        if (line is null)
        {
            return;
        }

        if (LoginLine().Match(line) is { Success: true } login)
        {
            _login.TrySetResult(new(login.Value));
        }

        if (GatewayLine().Match(line) is { Success: true } gateway)
        {
            _gateway.TrySetResult(new(gateway.Groups[1].Value));
        }
    }

    [GeneratedRegex(@"http://localhost:\d+/login\?t=\S+")]
    private static partial Regex LoginLine();

    [GeneratedRegex(@"^\s+Billion Hearts\s+(\S+)")]
    private static partial Regex GatewayLine();
}
