using System.Globalization;
using System.Text;
using BillionHearts.Analysis.Imaging;
using BillionHearts.Contracts;
using BillionHearts.Formats;

namespace BillionHearts.Analysis.Decoding;

/// <summary>Reads the answers of decoders. They are not trusted: a hostile file may have taken over the process.</summary>
internal static class DecoderAnswers
{
    private const int MaxDetail = 500;
    private const double MaxSeconds = 600;

    // "P5\n1280 1280\n255\n" has 17.
    private const int LongestPgmHeader = 20;

    // With a header.
    private const int MaxPgm = (Imaging.Rendition.PreviewSide * Imaging.Rendition.PreviewSide) + 100;

    private static readonly string[] s_reasons = [FailureReason.Corrupt, FailureReason.Truncated, FailureReason.TooLarge, FailureReason.Unsupported];
    private static readonly string[] s_steps = ["decode", "features", StoredRendition.Thumb, StoredRendition.Preview];
    private static readonly string[] s_shown = ["image/webp", "image/jpeg"];
    private static readonly string[] s_clean = ["image/jpeg", "image/png", "image/webp", "image/gif", "image/avif", "image/heic"];

    /// <exception cref="UnusableImageException">The decoder says so.</exception>
    /// <exception cref="HeavyImageException">The decoder says so.</exception>
    /// <exception cref="InvalidDataException">No honest decoder answers that.</exception>
    public static DecodedImage Image(Frame<DecoderAnswer> answer)
    {
        Check(answer);

        if (answer.Head.Analysis is not { } analysis)
        {
            throw new InvalidDataException("The decoder's answer has no analysis.");
        }

        string[] expected = [StoredRendition.Thumb, StoredRendition.Preview];
        var renditions = answer.Head.Renditions.Zip(answer.Files, (head, file) => Rendition(head, file, s_shown)).ToList();

        return renditions.Select(rendition => rendition.Name).SequenceEqual(expected)
            ? new DecodedImage(analysis, renditions, [.. answer.Head.Steps.Select(Step)])
            : throw new InvalidDataException("The decoder's answer has other renditions than the expected ones.");
    }

    /// <inheritdoc cref="Image"/>
    public static Rendition Rendition(Frame<DecoderAnswer> answer, RenditionName name)
    {
        Check(answer);

        return answer.Head.Renditions is [{ } head] && answer.Files is [var file] && head.Name == name.ToString()
            ? Rendition(head, file, name.IsClean ? s_clean : [$"image/{name.Format}"])
            : throw new InvalidDataException("The decoder's answer is not the rendition.");
    }

    /// <returns>See <see cref="Recognition.PictureReader.Read"/>.</returns>
    /// <exception cref="UnusableImageException">The decoder says so.</exception>
    /// <exception cref="InvalidDataException">No honest decoder answers that.</exception>
    public static (byte[]? Embedding, byte[] Pgm) Picture(Frame<DecoderAnswer> answer)
    {
        Check(answer);

        return answer is { Head.IsPicture: true, Files: [{ Length: 0 or ImageRecognition.Features } embedding, { Length: > 0 and <= MaxPgm } pgm] } && IsPgm(pgm)
            ? (embedding.Length is 0 ? null : embedding, pgm)
            : throw new InvalidDataException("The decoder's answer is not a picture that was read.");
    }

    /// <summary>Exactly the format that our own process writes. Tesseract tells formats apart by their first bytes, and would decode many others.</summary>
    private static bool IsPgm(byte[] file)
    {
        var lines = Encoding.ASCII.GetString(file, 0, Math.Min(file.Length, LongestPgmHeader)).Split('\n');

        return lines is ["P5", var sides, "255", ..]
            && sides.Split(' ') is [var across, var down]
            && ushort.TryParse(across, NumberStyles.None, CultureInfo.InvariantCulture, out var width) && width is > 0 and <= Imaging.Rendition.PreviewSide
            && ushort.TryParse(down, NumberStyles.None, CultureInfo.InvariantCulture, out var height) && height is > 0 and <= Imaging.Rendition.PreviewSide
            && file.Length == "P5\n\n255\n".Length + sides.Length + (width * height);
    }

    private static void Check(Frame<DecoderAnswer> answer)
    {
        if (answer.Head.NeededBytes is { } needed)
        {
            throw new HeavyImageException(needed);
        }

        if (answer.Head.Failure is { } failure)
        {
            throw s_reasons.Contains(failure.Reason)
                ? new UnusableImageException(failure.Reason, failure.Detail[..Math.Min(failure.Detail.Length, MaxDetail)])
                : new InvalidDataException("The decoder's answer has a reason that is none of a decoder's.");
        }
    }

    private static Rendition Rendition(DecodedRendition? head, byte[] file, string[] types) =>
        head is { Width: > 0, Height: > 0 } && types.Contains(head.ContentType) && head.ContentType == ImageHeaders.Identify(file)?.ContentType
            ? new Rendition(head.Name, head.ContentType, head.Width, head.Height, file)
            : throw new InvalidDataException("A rendition in the decoder's answer has another type or size than expected.");

    // Each name becomes a time series.
    private static StepTime Step(DecoderStep? step) => step is not null && s_steps.Contains(step.Name) && step.Seconds is >= 0 and < MaxSeconds
        ? new StepTime(step.Name, TimeSpan.FromSeconds(step.Seconds))
        : throw new InvalidDataException("A step in the decoder's answer is none of a decoder's.");
}
