using System.Runtime.InteropServices;
using BillionHearts.Analysis.Decoding.Confinement;
using BillionHearts.Analysis.Imaging;
using BillionHearts.Analysis.Recognition;
using BillionHearts.Contracts;
using Microsoft.Extensions.Options;

namespace BillionHearts.Analysis.Decoding;

/// <summary>
/// The program of a child process: decodes one file after the other from its standard input, and writes the results to its standard output. It ends when the
/// input ends. Whatever a hostile file does to it, it has no password, no network and no file to write to.
/// </summary>
internal static class DecoderProgram
{
    /// <summary>The argument that starts this program instead of the service.</summary>
    public const string Argument = "--decoder";

    private const int SlowNiceness = 15;

    // Parameters of prctl(2) and the number of SIGKILL.
    private const int DieWithParent = 1;
    private const int Traceable = 4;
    private const int KillSignal = 9;

    // Above this, free memory is given back after an image: another image of that size is unlikely.
    private const long Much = 128 * 1024 * 1024;

    public static int Run()
    {
        NativeMemory.Reuse();

        // The worker decides when it ends. A Ctrl-C in a terminal reaches all processes, and the worker still finishes its images.
        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, static signal => signal.Cancel = true);
        using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, static signal => signal.Cancel = true);

        using var input = new BufferedStream(Console.OpenStandardInput());
        using var output = new BufferedStream(Console.OpenStandardOutput());

        if (Frame<DecoderSetup>.Read(input, DecoderJson.Default.DecoderSetup, maxFile: 0) is not { Head: var setup })
        {
            return 0;
        }

        if (OperatingSystem.IsLinux())
        {
            _ = LinuxCalls.SetProcessOption(DieWithParent, KillSignal, 0, 0, 0);
            _ = LinuxCalls.SetProcessOption(Traceable, 0, 0, 0, 0);

            if (setup.Lane is not DecoderLane.Normal)
            {
                ProcessPriority.Lower(setup.Lane is DecoderLane.Slow ? SlowNiceness : ProcessPriority.Lowest);
            }
        }

        using var pictures = setup.Lane is DecoderLane.Recognition ? new PictureReader() : null;
        var answer = pictures is null ? WarmDecoder(setup) : WarmReader(pictures);

        // Only now: warming up starts threads and compiles methods with fewer restrictions, and no file of a user was read yet.
        var ready = new DecoderReady(SystemCallFilter.TryApply(), ImageLibrary.Name);
        new Frame<DecoderReady>(ready, []).Write(output, DecoderJson.Default.DecoderReady);

        while (Frame<DecoderJob>.Read(input, DecoderJson.Default.DecoderJob, setup.Options.MaxFileBytes) is { } job)
        {
            Answer(answer, job.Head, job.Files[0]).Write(output, DecoderJson.Default.DecoderAnswer);
        }

        return 0;
    }

    private static Func<DecoderJob, byte[], Frame<DecoderAnswer>> WarmDecoder(DecoderSetup setup)
    {
        var decoder = new ImageDecoder(Options.Create(setup.Options), setup.Lane);
        DecoderWarmUp.Run(decoder);
        return (job, file) => Decode(decoder, job, file);
    }

    private static Func<DecoderJob, byte[], Frame<DecoderAnswer>> WarmReader(PictureReader pictures)
    {
        pictures.WarmUp();

        // Loading the model leaves as much behind as it takes.
        GiveBack();
        return (_, file) =>
        {
            var read = pictures.Read(file);

            // After each picture: nobody waits for the next one, and the model alone is much.
            GiveBack();
            return new Frame<DecoderAnswer>(new DecoderAnswer { IsPicture = true, WorkingSet = Environment.WorkingSet }, read);
        };
    }

    private static void GiveBack()
    {
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        NativeMemory.GiveBack();
    }

    private static Frame<DecoderAnswer> Answer(Func<DecoderJob, byte[], Frame<DecoderAnswer>> work, DecoderJob job, byte[] file)
    {
        try
        {
            return work(job, file);
        }
        catch (UnusableImageException exception)
        {
            return Of(new DecoderAnswer { Failure = new AnalysisFailure(exception.Reason, exception.Message) });
        }
        catch (HeavyImageException exception)
        {
            return Of(new DecoderAnswer { NeededBytes = exception.NeededBytes });
        }
        catch (Exception exception) when (exception is InsufficientMemoryException or OutOfMemoryException)
        {
            return Of(new DecoderAnswer { IsOutOfMemory = true });
        }
    }

    private static Frame<DecoderAnswer> Decode(ImageDecoder decoder, DecoderJob job, byte[] file)
    {
        if (job.Rendition is not { } name)
        {
            var image = decoder.Decode(file, CancellationToken.None);
            return Of(
                new DecoderAnswer { Analysis = image.Analysis, Steps = [.. image.Steps.Select(step => new DecoderStep(step.Name, step.Duration.TotalSeconds))] },
                [.. image.Renditions]);
        }

        return RenditionName.TryParse(name, out var rendition)
            ? Of(new DecoderAnswer(), rendition.IsClean ? decoder.Clean(file, CancellationToken.None) : decoder.Resize(file, rendition, CancellationToken.None))
            : throw new InvalidDataException("The name of the rendition is not one.");
    }

    private static Frame<DecoderAnswer> Of(DecoderAnswer answer, params Rendition[] renditions)
    {
        if (Environment.WorkingSet > Much)
        {
            GiveBack();
        }

        return new Frame<DecoderAnswer>(
            answer with
            {
                Renditions = [.. renditions.Select(rendition => new DecodedRendition(rendition.Name, rendition.ContentType, rendition.Width, rendition.Height))],
                WorkingSet = Environment.WorkingSet,
            },
            [.. renditions.Select(rendition => rendition.Bytes)]);
    }
}
