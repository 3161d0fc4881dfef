using System.Collections.Concurrent;
using BillionHearts.Analysis.Imaging;
using BillionHearts.Contracts;
using Microsoft.Extensions.Options;

namespace BillionHearts.Analysis.Decoding;

/// <summary>
/// Analyses images and makes renditions in child processes (ADR 21). A process is used again and again; it is replaced after an exception, when it has done
/// enough, or when it keeps too much memory. In the slow lane each image has a process of its own, one at a time.
/// </summary>
internal sealed partial class Decoders(DecoderLauncher launcher, IOptions<AnalysisOptions> options, ILogger<Decoders> logger) : IHostedService, IDisposable
{
    // Whatever leaks in a library or an image is gone after this many.
    private const int MaxJobs = 2000;

    private readonly AnalysisOptions _options = options.Value;
    private readonly ConcurrentStack<DecoderProcess> _idle = new();
    private readonly SemaphoreSlim _slow = new(1);

    /// <summary>Ids of the processes that wait for an image.</summary>
    public IReadOnlyList<int> IdleProcesses => [.. _idle.Select(decoder => decoder.ProcessId)];

    /// <summary>Starts one process for each image that may be analysed at the same time, before the first image arrives.</summary>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        var started = await Task.WhenAll(Enumerable.Range(0, _options.Concurrency).Select(_ => StartAsync(DecoderLane.Normal, cancellationToken)));
        _idle.PushRange(started);

        if (!await launcher.IsConfinedAsync())
        {
            Log.FilesNotConfined(logger);
        }

        if (!started.All(decoder => decoder.HasSystemCallFilter))
        {
            Log.CallsNotConfined(logger);
        }
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <exception cref="UnusableImageException">The file is not an image, damaged, or too large.</exception>
    /// <exception cref="HeavyImageException">The image belongs to the slow lane.</exception>
    /// <exception cref="DecoderEndedException">The decoder ended.</exception>
    public async Task<DecodedImage> AnalyzeAsync(byte[] file, DecoderLane lane, CancellationToken cancellationToken)
    {
        var answer = await RunAsync(new DecoderJob(null), file, lane, cancellationToken);
        return DecoderAnswers.Image(answer);
    }

    /// <inheritdoc cref="AnalyzeAsync"/>
    public async Task<Rendition> RenderAsync(byte[] file, RenditionName name, DecoderLane lane, CancellationToken cancellationToken)
    {
        var answer = await RunAsync(new DecoderJob(name.ToString()), file, lane, cancellationToken);
        return DecoderAnswers.Rendition(answer, name);
    }

    public void Dispose()
    {
        while (_idle.TryPop(out var decoder))
        {
            decoder.Dispose();
        }

        _slow.Dispose();
    }

    private async Task<Frame<DecoderAnswer>> RunAsync(DecoderJob job, byte[] file, DecoderLane lane, CancellationToken cancellationToken)
    {
        if (lane is DecoderLane.Normal)
        {
            return await RunAsync(Take() ?? await StartAsync(lane, cancellationToken), job, file, lane, cancellationToken);
        }

        await _slow.WaitAsync(cancellationToken);

        try
        {
            return await RunAsync(await StartAsync(lane, cancellationToken), job, file, lane, cancellationToken);
        }
        finally
        {
            _slow.Release();
        }
    }

    private async Task<Frame<DecoderAnswer>> RunAsync(DecoderProcess decoder, DecoderJob job, byte[] file, DecoderLane lane, CancellationToken cancellationToken)
    {
        var isUsable = false;

        try
        {
            // Waiting for the answer blocks a thread; the few that handle messages and requests must stay free.
            var answer = await Task.Run(() => decoder.Run(job, file, cancellationToken), CancellationToken.None);
            isUsable = lane is DecoderLane.Normal && decoder.Jobs < MaxJobs && decoder.WorkingSet < _options.RecycleBytes;
            return answer;
        }
        catch (DecoderEndedException exception)
        {
            Log.Ended(logger, exception.End, exception.Diagnosis.ExitCode, exception.Diagnosis.Seconds, exception.Diagnosis.FileBytes, exception.Diagnosis.ErrorOutput);
            throw;
        }
        finally
        {
            if (isUsable)
            {
                _idle.Push(decoder);
            }
            else
            {
                decoder.Dispose();
            }
        }
    }

    private DecoderProcess? Take() => _idle.TryPop(out var decoder) ? decoder : null;

    private Task<DecoderProcess> StartAsync(DecoderLane lane, CancellationToken cancellationToken) =>
        DecoderProcess.StartAsync(launcher, _options, lane, cancellationToken);

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Warning, "Decoders can read and write files: this system has no Landlock (Linux 5.13 or later)")]
        public static partial void FilesNotConfined(ILogger logger);

        [LoggerMessage(LogLevel.Warning, "Decoders can use the network and start programs: this system has no seccomp")]
        public static partial void CallsNotConfined(ILogger logger);

        [LoggerMessage(LogLevel.Warning, "A decoder ended ({End}, exit code {ExitCode}) {Seconds} s after it had received a file of {Bytes} bytes: {ErrorOutput}")]
        public static partial void Ended(ILogger logger, DecoderEnd end, int? exitCode, double seconds, long bytes, string? errorOutput);
    }
}
