using BillionHearts.Analysis.Decoding;
using BillionHearts.Analysis.Imaging;
using BillionHearts.Contracts;
using BillionHearts.ServiceDefaults.Work;
using Microsoft.Extensions.Options;

namespace BillionHearts.Analysis.Recognition;

/// <summary>
/// Finds out what is in a picture, one at a time. The model is in a decoder process of its own, which starts with the first picture and ends when there is
/// nothing to do. As a recurring job it ends that process.
/// </summary>
internal sealed partial class Recognizer(
    DecoderLauncher launcher, TextReader text, IOptions<AnalysisOptions> analysis, IOptions<RecognitionOptions> options, TimeProvider clock, ILogger<Recognizer> logger)
    : IRecurringJob, IDisposable
{
    public static readonly TimeSpan Period = TimeSpan.FromSeconds(10);

    private readonly SemaphoreSlim _turn = new(1);
    private DecoderProcess? _process;
    private long _usedAt;

    /// <summary>Whether the model is in memory.</summary>
    public bool IsLoaded => _process is { HasEnded: false };

    /// <param name="preview">A JPEG or WebP of at most 1280 pixels on a side.</param>
    /// <exception cref="UnusableImageException">It is none.</exception>
    /// <exception cref="DecoderEndedException">A process ended while it worked on the picture.</exception>
    /// <exception cref="DecoderUnavailableException">The process cannot be started.</exception>
    public async Task<RecognizedPicture> RecognizeAsync(byte[] preview, CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken);

        try
        {
            var (embedding, pgm) = await ReadAsync(preview, cancellationToken);
            return new RecognizedPicture(embedding, await text.ReadAsync(pgm, cancellationToken));
        }
        finally
        {
            _usedAt = clock.GetTimestamp();
            _turn.Release();
        }
    }

    public async Task<NextRun> RunAsync(CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken);

        try
        {
            if (_process is not null && clock.GetElapsedTime(_usedAt) >= options.Value.KeepFor)
            {
                End();
            }
        }
        finally
        {
            _turn.Release();
        }

        return NextRun.WhenDue;
    }

    public void Dispose()
    {
        End();
        _turn.Dispose();
    }

    private async Task<(byte[]? Embedding, byte[] Pgm)> ReadAsync(byte[] preview, CancellationToken cancellationToken)
    {
        var process = await ProcessAsync(cancellationToken);
        var isUsable = false;

        try
        {
            // Waiting for the answer blocks a thread.
            var answer = await Task.Run(() => process.Run(new DecoderJob(null), preview, cancellationToken), CancellationToken.None);
            var result = DecoderAnswers.Picture(answer);
            isUsable = true;
            return result;
        }
        catch (UnusableImageException)
        {
            isUsable = true;
            throw;
        }
        catch (DecoderEndedException exception)
        {
            Log.Ended(logger, exception.End, exception.Diagnosis.ExitCode, exception.Diagnosis.Seconds, exception.Diagnosis.ErrorOutput);
            throw;
        }
        finally
        {
            if (!isUsable)
            {
                End();
            }
        }
    }

    private async Task<DecoderProcess> ProcessAsync(CancellationToken cancellationToken)
    {
        if (!IsLoaded)
        {
            End();
            _process = await Decoders.StartAsync(launcher, analysis.Value, DecoderLane.Recognition, cancellationToken);
        }

        return _process!;
    }

    private void End()
    {
        _process?.Dispose();
        _process = null;
    }

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Warning, "The process that recognises pictures ended ({End}, exit code {ExitCode}) {Seconds} s after it had received one: {ErrorOutput}")]
        public static partial void Ended(ILogger logger, DecoderEnd end, int? exitCode, double seconds, string? errorOutput);
    }
}

/// <param name="Embedding">See <see cref="RecognitionResult.Embedding"/>.</param>
/// <param name="Text">See <see cref="ImageRecognition.Text"/>.</param>
internal sealed record RecognizedPicture(byte[]? Embedding, string? Text);
