using System.ComponentModel;
using System.Diagnostics;
using BillionHearts.Analysis.Decoding.Confinement;
using BillionHearts.Analysis.Imaging;
using BillionHearts.Contracts;

namespace BillionHearts.Analysis.Decoding;

/// <summary>A running decoder. It does one job at a time; after an exception it must be disposed.</summary>
internal sealed class DecoderProcess : IDisposable
{
    private const string Program = "BillionHearts.Analysis";
    private const int ProcessorTimeExceeded = 128 + 24; // SIGXCPU

    // A rendition may be larger than its original.
    private const int LargestRendition = 64 * 1024 * 1024;

    private static readonly TimeSpan s_exitLimit = TimeSpan.FromSeconds(2);

    private readonly Process _process;
    private readonly AnalysisOptions _options;
    private readonly Stream _input;
    private readonly Stream _output;
    private readonly ErrorOutput _errorOutput;
    private readonly long _memoryLimit;
    private DecoderReady _ready = new(false, "");

    private DecoderProcess(Process process, AnalysisOptions options, DecoderLane lane)
    {
        _process = process;
        _options = options;
        _memoryLimit = lane is DecoderLane.Slow ? options.SlowMemoryBytes : options.MemoryBytes;
        _input = new BufferedStream(process.StandardInput.BaseStream);
        _output = new BufferedStream(process.StandardOutput.BaseStream);
        _errorOutput = new ErrorOutput(process.StandardError);
    }

    /// <summary>Jobs done.</summary>
    public int Jobs { get; private set; }

    /// <summary>Memory that it kept after the last job, in bytes.</summary>
    public long WorkingSet { get; private set; }

    /// <summary>Whether the kernel filters its calls and limits its memory.</summary>
    public bool IsConfined { get; private set; }

    public bool HasEnded => _process.HasExited;

    public int ProcessId => _process.Id;

    /// <exception cref="InvalidOperationException">It starts and ends.</exception>
    /// <exception cref="Win32Exception">It cannot be started.</exception>
    public static async Task<DecoderProcess> StartAsync(
        DecoderLauncher launcher, AnalysisOptions options, DecoderLane lane, CancellationToken cancellationToken)
    {
        var decoder = new DecoderProcess(await launcher.StartAsync(Command()), options, lane);

        try
        {
            await Task.Run(() => decoder.SetUp(lane, cancellationToken), CancellationToken.None);
            return decoder;
        }
        catch
        {
            decoder.Dispose();
            throw;
        }
    }

    /// <summary>Blocks a thread until it is done. Cancellation ends the process.</summary>
    /// <exception cref="DecoderEndedException">The process ended.</exception>
    public Frame<DecoderAnswer> Run(DecoderJob job, byte[] file, CancellationToken cancellationToken)
    {
        var startedAt = Stopwatch.GetTimestamp();
        using var kill = cancellationToken.Register(_process.Kill);

        try
        {
            ResourceLimits.SetProcessorTime(_process.Id, _process.TotalProcessorTime + _options.ProcessorTimeLimit);
            new Frame<DecoderJob>(job, [file]).Write(_input, DecoderJson.Default.DecoderJob);
            var answer = Frame<DecoderAnswer>.Read(_output, DecoderJson.Default.DecoderAnswer, Math.Max(_options.MaxFileBytes, LargestRendition))
                ?? throw new EndOfStreamException("The decoder ended without an answer.");
            Jobs++;
            WorkingSet = answer.Head.WorkingSet;

            // It is being ended, although it was quick enough.
            cancellationToken.ThrowIfCancellationRequested();

            return answer.Head.IsOutOfMemory ? throw Ended(DecoderEnd.TooMuchMemory, file, startedAt) : answer;
        }
        catch (Exception exception) when (exception is IOException or InvalidDataException or InvalidOperationException or Win32Exception)
        {
            cancellationToken.ThrowIfCancellationRequested();
            throw Ended(file, startedAt);
        }
    }

    /// <summary>Ends the process.</summary>
    public void Dispose()
    {
        try
        {
            _process.Kill();
        }
        catch (InvalidOperationException)
        {
            // It has ended.
        }

        // Not by disposing what writes to it, which would write the rest into a broken pipe.
        _process.StandardInput.BaseStream.Dispose();
        _process.StandardOutput.BaseStream.Dispose();
        _process.Dispose();
    }

    public static ProcessStartInfo Command()
    {
        var command = new ProcessStartInfo(Path.Combine(AppContext.BaseDirectory, Program), [DecoderProgram.Argument])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = AppContext.BaseDirectory,
        };

        // Nothing of the worker's own: it has the passwords of the broker and the blob store.
        command.Environment.Clear();
        command.Environment["DOTNET_ROOT"] = DecoderLauncher.DotnetRoot;
        command.Environment["DOTNET_EnableDiagnostics"] = "0";
        command.Environment["DOTNET_EnableWriteXorExecute"] = "0";
        command.Environment["DOTNET_TieredPGO"] = "0";
        command.Environment["DOTNET_gcConcurrent"] = "0";
        return command;
    }

    private void SetUp(DecoderLane lane, CancellationToken cancellationToken)
    {
        using var kill = cancellationToken.Register(_process.Kill);

        try
        {
            new Frame<DecoderSetup>(new DecoderSetup(_options, lane), []).Write(_input, DecoderJson.Default.DecoderSetup);
            _ready = (Frame<DecoderReady>.Read(_output, DecoderJson.Default.DecoderReady, maxFile: 0)
                ?? throw new EndOfStreamException("It ended.")).Head;
            IsConfined = ResourceLimits.TrySet(_process.Id, _memoryLimit) && _ready.HasSystemCallFilter;
        }
        catch (Exception exception) when (exception is IOException or InvalidDataException)
        {
            cancellationToken.ThrowIfCancellationRequested();
            throw new InvalidOperationException($"The decoder does not start. {_errorOutput.Text}", exception);
        }
    }

    private DecoderEndedException Ended(byte[] file, long startedAt)
    {
        // A pipe may break shortly before the process has ended; one that does not keep to the protocol goes on.
        if (!_process.WaitForExit(s_exitLimit))
        {
            _process.Kill();
            _process.WaitForExit();
        }

        var end = _process.ExitCode is ProcessorTimeExceeded ? DecoderEnd.TooMuchProcessorTime
            : _errorOutput.SaysOutOfMemory ? DecoderEnd.TooMuchMemory
            : DecoderEnd.Crashed;
        return Ended(end, file, startedAt);
    }

    private DecoderEndedException Ended(DecoderEnd end, byte[] file, long startedAt) => new(end, new AnalysisDiagnosis
    {
        ExitCode = _process.HasExited ? _process.ExitCode : null,
        Seconds = Math.Round(Stopwatch.GetElapsedTime(startedAt).TotalSeconds, 3),
        FileBytes = file.Length,
        Analyzer = ImageDecoder.Analyzer,
        Library = _ready.Library,
        MemoryLimit = _memoryLimit,
        ErrorOutput = _process.HasExited ? _errorOutput.Text : null,
    });
}
