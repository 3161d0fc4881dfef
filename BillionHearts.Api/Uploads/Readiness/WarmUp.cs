using System.Diagnostics;
using System.Text;
using BillionHearts.Api.Uploads.Commit;
using BillionHearts.Api.Uploads.Digests;
using BillionHearts.Api.Uploads.Form;
using BillionHearts.Api.Uploads.Intake;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Options;
using OpenTelemetry;

namespace BillionHearts.Api.Uploads.Readiness;

/// <summary>
/// Runs the paths of an upload and of reads before the service says that it is ready, so that no client waits while they are compiled and connections are
/// opened. Nothing remains of it: the upload's bytes are removed, and its commit fails, because it has no owner. A path that fails is not repeated:
/// whatever is wrong is what the other health checks report.
/// </summary>
internal sealed partial class WarmUp(
    IServiceScopeFactory scopes, IServer server, IHostApplicationLifetime lifetime, IOptions<WarmUpOptions> options, ILogger<WarmUp> logger) : BackgroundService, IHealthCheck
{
    private const string Boundary = "warm-up";

    /// <summary>Ids of users are positive.</summary>
    private const long Nobody = 0;

    /// <summary>PostgreSQL reports each commit that fails in its log.</summary>
    private const int Commits = 3;

    private static readonly string[] s_reads =
        [$"/images/{long.MaxValue >> 11}", $"/users/{long.MaxValue >> 11}/images", $"/media/{new string('0', 32)}/thumb", "/openapi/v1.json"];

    // The beginning of a JPEG of one pixel, as far as uploads read it, and as many bytes as a small photo has.
    private static readonly byte[] s_photo =
        [0xFF, 0xD8, 0xFF, 0xC0, 0, 17, 8, 0, 1, 0, 1, 3, 1, 0x11, 0, 2, 0x11, 0, 3, 0x11, 0, .. new byte[100_000]];

    private static readonly byte[] s_form =
    [
        .. Encoding.ASCII.GetBytes($"--{Boundary}\r\nContent-Disposition: form-data; name=\"file\"; filename=\"warm-up.jpg\"\r\nContent-Type: image/jpeg\r\n\r\n"),
        .. s_photo,
        .. Encoding.ASCII.GetBytes($"\r\n--{Boundary}--\r\n"),
    ];

    private readonly TaskCompletionSource _started = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile bool _isOver = options.Value.Rounds is 0;

    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
        Task.FromResult(_isOver ? HealthCheckResult.Healthy() : new HealthCheckResult(context.Registration.FailureStatus, "The service is warming up."));

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (_isOver)
        {
            return;
        }

        // The own address is known once the server listens.
        await using var started = lifetime.ApplicationStarted.Register(_started.SetResult);
        await _started.Task.WaitAsync(stoppingToken);

        using var quiet = SuppressInstrumentationScope.Begin();
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(stoppingToken);
        limit.CancelAfter(options.Value.Limit);

        var paths = Task.WhenAll(RepeatAsync("upload", UploadAsync, limit.Token), RepeatAsync("read", ReadAsync, limit.Token));
        // A commit cannot be cancelled: the one that runs when the limit is reached ends later, and no other path begins.
        await Task.WhenAny(paths, Task.Delay(Timeout.Infinite, limit.Token));
        _isOver = true;
        await paths;
    }

    private async Task RepeatAsync(string what, Func<int, CancellationToken, Task> path, CancellationToken cancellationToken)
    {
        try
        {
            for (var round = 0; round < options.Value.Rounds && !cancellationToken.IsCancellationRequested; round++)
            {
                await path(round, cancellationToken);
            }
        }
        catch (Exception exception)
        {
            Log.Ended(logger, what, exception.GetBaseException().Message);
        }
    }

    private async Task UploadAsync(int round, CancellationToken cancellationToken)
    {
        await using var scope = scopes.CreateAsyncScope();
        var form = new UploadForm(Boundary, new MemoryStream(s_form, writable: false));

        if (await form.ReadToFileAsync(cancellationToken) is not null
            || !(await scope.ServiceProvider.GetRequiredService<ContentIntake>().StageAsync(form.File!.Body, ExpectedDigests.None, cancellationToken)).TryGet(out var staged, out _))
        {
            return;
        }

        await using (staged)
        {
            if (round < Commits)
            {
                await scope.ServiceProvider.GetRequiredService<ContentCommits>().AddAsync(Nobody, "warm-up.jpg", staged, keyed: null);
            }
        }
    }

    /// <summary>Through HTTP. The answers are 404, or 401 where tokens are required.</summary>
    private async Task ReadAsync(int round, CancellationToken cancellationToken)
    {
        if (server.Features.Get<IServerAddressesFeature>()?.Addresses.FirstOrDefault() is not { } address)
        {
            return;
        }

        var own = BindingAddress.Parse(address);
        using var http = new HttpClient { BaseAddress = new UriBuilder(own.Scheme, "127.0.0.1", own.Port).Uri };

        // Begins a trace that is not recorded.
        http.DefaultRequestHeaders.Add("traceparent", $"00-{ActivityTraceId.CreateRandom()}-{ActivitySpanId.CreateRandom()}-00");

        foreach (var path in s_reads)
        {
            using var response = await http.GetAsync(path, cancellationToken);
        }

        if (round < Commits)
        {
            // Refused, because it has no fields.
            using var form = new MultipartFormDataContent(Boundary);
            using var response = await http.PostAsync("/images/", form, cancellationToken);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Debug, "The warm-up of the {Path} path ended early: {Reason}")]
        public static partial void Ended(ILogger logger, string path, string reason);
    }
}
