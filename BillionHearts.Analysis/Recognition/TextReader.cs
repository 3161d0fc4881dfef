using System.ComponentModel;
using System.Diagnostics;
using System.Text;
using BillionHearts.Analysis.Decoding;
using BillionHearts.Analysis.Decoding.Confinement;
using Microsoft.Extensions.Options;

namespace BillionHearts.Analysis.Recognition;

/// <summary>
/// Reads text in a picture with Tesseract (Debian's <c>tesseract-ocr</c>). Each picture has a process of its own, which can read the libraries and the languages,
/// write nothing, and has limits of memory and processor time. Where Tesseract is missing, no text is read.
/// </summary>
internal sealed partial class TextReader(DecoderLauncher launcher, IOptions<RecognitionOptions> options, ILogger<TextReader> logger)
{
    private const string Program = "/usr/bin/tesseract";

    // Tesseract refuses less, and a word does not fit into it.
    private const int SmallestPicture = 48 * 48;

    // Text of a whole page takes 60 MB and 2 s.
    private const long Memory = 256 * 1024 * 1024;
    private const int MaxOutput = 1024 * 1024;

    private static readonly TimeSpan s_processorTime = TimeSpan.FromSeconds(15);

    private int _hasWarned;

    /// <summary>Whether the program is there and a language is set.</summary>
    public bool IsAvailable => options.Value.Languages.Length > 0 && File.Exists(Program);

    /// <param name="pgm">The picture.</param>
    /// <returns>The words that were read with confidence; <see langword="null"/> if there are none, or if none can be read. An error of Tesseract is logged.</returns>
    public async Task<string?> ReadAsync(byte[] pgm, CancellationToken cancellationToken)
    {
        if (!IsAvailable || pgm.Length < SmallestPicture)
        {
            WarnOnce();
            return null;
        }

        using var process = await launcher.StartAsync(Command());
        using var kill = cancellationToken.Register(process.Kill);

        // Before it gets the picture.
        _ = ResourceLimits.TrySet(process.Id, Memory);
        ResourceLimits.SetProcessorTime(process.Id, s_processorTime);
        ProcessPriority.LowerProcess(process.Id);

        try
        {
            var errors = new ErrorOutput(process.StandardError);
            var output = ReadAsync(process.StandardOutput, cancellationToken);
            await WriteAsync(process.StandardInput.BaseStream, pgm, cancellationToken);
            var words = TesseractWords.Read(await output);
            await process.WaitForExitAsync(cancellationToken);

            if (process.ExitCode is not 0)
            {
                Log.Failed(logger, process.ExitCode, errors.Text);
                return null;
            }

            return words;
        }
        finally
        {
            Kill(process);
        }
    }

    private ProcessStartInfo Command()
    {
        // Sparse text: words anywhere, as on signs. On pages it finds as much as the analysis of their layout does.
        var command = new ProcessStartInfo(Program, ["stdin", "stdout", "--psm", "11", "-l", options.Value.Languages, "-c", "tessedit_create_tsv=1"])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            StandardOutputEncoding = Encoding.UTF8,
            WorkingDirectory = "/usr",
        };

        // Nothing of the worker's own.
        command.Environment.Clear();
        command.Environment["OMP_THREAD_LIMIT"] = "1";
        command.Environment["LC_ALL"] = "C.UTF-8";
        return command;
    }

    private void WarnOnce()
    {
        if (options.Value.Languages.Length > 0 && !File.Exists(Program) && Interlocked.Exchange(ref _hasWarned, 1) is 0)
        {
            Log.Missing(logger, Program);
        }
    }

    private static async Task WriteAsync(Stream input, byte[] picture, CancellationToken cancellationToken)
    {
        try
        {
            await input.WriteAsync(picture, cancellationToken);
            await input.FlushAsync(cancellationToken);
            input.Close();
        }
        catch (IOException)
        {
            // It has ended; its exit code says why.
        }
    }

    private static async Task<string> ReadAsync(StreamReader output, CancellationToken cancellationToken)
    {
        var (text, part) = (new StringBuilder(), new char[16 * 1024]);

        while (await output.ReadAsync(part, cancellationToken) is var count and > 0)
        {
            // The rest is read, so that the program does not wait for ever, and dropped.
            text.Append(part, 0, Math.Min(count, MaxOutput - text.Length));
        }

        return text.ToString();
    }

    private static void Kill(Process process)
    {
        try
        {
            process.Kill();
        }
        catch (Exception exception) when (exception is InvalidOperationException or Win32Exception)
        {
            // It has ended.
        }
    }

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Warning, "No text is read in pictures: {Program} is missing (Debian package tesseract-ocr)")]
        public static partial void Missing(ILogger logger, string program);

        [LoggerMessage(LogLevel.Warning, "Tesseract ended with exit code {ExitCode}, and the picture has no text: {Errors}")]
        public static partial void Failed(ILogger logger, int exitCode, string errors);
    }
}
