using System.Collections.Concurrent;
using System.ComponentModel;
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
    private volatile bool _isDisposed;

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

        if (!started.All(decoder => decoder.IsConfined))
        {
            Log.CallsNotConfined(logger);
        }
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <exception cref="UnusableImageException">The file is not an image, damaged, or too large.</exception>
    /// <exception cref="HeavyImageException">The image belongs to the slow lane; never thrown in that lane.</exception>
    /// <exception cref="DecoderEndedException">The decoder ended.</exception>
    /// <exception cref="DecoderUnavailableException">There is no decoder.</exception>
    public Task<DecodedImage> AnalyzeAsync(byte[] file, DecoderLane lane, CancellationToken cancellationToken) =>
        InLaneAsync(lane, Timeout.InfiniteTimeSpan, new DecoderJob(null), file, DecoderAnswers.Image, cancellationToken);

    /// <summary>Makes a rendition. Somebody waits for it: while the slow lane is taken, it is refused at once.</summary>
    /// <inheritdoc cref="AnalyzeAsync"/>
    public Task<Rendition> RenderAsync(byte[] file, RenditionName name, DecoderLane lane, CancellationToken cancellationToken) =>
        InLaneAsync(lane, TimeSpan.Zero, new DecoderJob(name.ToString()), file, answer => DecoderAnswers.Rendition(answer, name), cancellationToken);

    public void Dispose()
    {
        _isDisposed = true;

        while (_idle.TryPop(out var decoder))
        {
            decoder.Dispose();
        }
    }

    /// <param name="patience">How long to wait for the slow lane.</param>
    private async Task<T> InLaneAsync<T>(
        DecoderLane lane, TimeSpan patience, DecoderJob job, byte[] file, Func<Frame<DecoderAnswer>, T> read, CancellationToken cancellationToken)
    {
        if (lane is DecoderLane.Normal)
        {
            return await RunAsync(job, file, lane, read, cancellationToken);
        }

        if (!await _slow.WaitAsync(patience, cancellationToken))
        {
            throw new DecoderUnavailableException("Another image that takes much memory is being decoded.");
        }

        try
        {
            return await RunAsync(job, file, lane, read, cancellationToken);
        }
        finally
        {
            _slow.Release();
        }
    }

    /// <param name="read">Checks an answer before the process is used again.</param>
    private async Task<T> RunAsync<T>(
        DecoderJob job, byte[] file, DecoderLane lane, Func<Frame<DecoderAnswer>, T> read, CancellationToken cancellationToken)
    {
        var decoder = (lane is DecoderLane.Normal ? Take() : null) ?? await StartAsync(lane, cancellationToken);
        var isUsable = false;

        try
        {
            // Waiting for the answer blocks a thread; the few that handle messages and requests must stay free.
            var answer = await Task.Run(() => decoder.Run(job, file, cancellationToken), CancellationToken.None);
            var result = read(answer);
            isUsable = true;
            return result;
        }
        catch (Exception exception) when (exception is UnusableImageException || (exception is HeavyImageException && lane is DecoderLane.Normal))
        {
            isUsable = true;
            throw;
        }
        catch (HeavyImageException exception)
        {
            throw new InvalidDataException("The decoder of the slow lane refused an image as heavy.", exception);
        }
        catch (DecoderEndedException exception)
        {
            Log.Ended(logger, exception.End, exception.Diagnosis.ExitCode, exception.Diagnosis.Seconds, exception.Diagnosis.FileBytes, exception.Diagnosis.ErrorOutput);
            throw;
        }
        finally
        {
            Return(decoder, isUsable && lane is DecoderLane.Normal);
        }
    }

    private void Return(DecoderProcess decoder, bool isUsable)
    {
        if (isUsable && !_isDisposed && decoder.Jobs < MaxJobs && decoder.WorkingSet < _options.RecycleBytes)
        {
            _idle.Push(decoder);
        }
        else
        {
            decoder.Dispose();
        }
    }

    private DecoderProcess? Take()
    {
        while (_idle.TryPop(out var decoder))
        {
            // It may have been ended from outside, such as by a system without memory. The next image is not the cause.
            if (!decoder.HasEnded)
            {
                return decoder;
            }

            decoder.Dispose();
        }

        return null;
    }

    private Task<DecoderProcess> StartAsync(DecoderLane lane, CancellationToken cancellationToken) => StartAsync(launcher, _options, lane, cancellationToken);

    /// <exception cref="DecoderUnavailableException">It cannot be started.</exception>
    public static async Task<DecoderProcess> StartAsync(DecoderLauncher launcher, AnalysisOptions options, DecoderLane lane, CancellationToken cancellationToken)
    {
        try
        {
            return await DecoderProcess.StartAsync(launcher, options, lane, cancellationToken);
        }
        catch (Exception exception) when (exception is InvalidOperationException or Win32Exception or IOException)
        {
            throw new DecoderUnavailableException($"No decoder can be started: {exception.Message}", exception);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Warning, "Decoders can read and write files, or have the special rights of root: this system has no Landlock (Linux 5.13 or later), or refuses to drop the rights")]
        public static partial void FilesNotConfined(ILogger logger);

        [LoggerMessage(LogLevel.Warning, "Decoders can use the network, start programs or take more memory than allowed: this system has no seccomp, or its limits cannot be set")]
        public static partial void CallsNotConfined(ILogger logger);

        [LoggerMessage(LogLevel.Warning, "A decoder ended ({End}, exit code {ExitCode}) {Seconds} s after it had received a file of {Bytes} bytes: {ErrorOutput}")]
        public static partial void Ended(ILogger logger, DecoderEnd end, int? exitCode, double seconds, long bytes, string? errorOutput);
    }
}
