using BillionHearts.Analysis.Imaging;
using BillionHearts.Contracts;

namespace BillionHearts.Analysis.Decoding;

/// <summary>Reads the answers of decoders. They are not trusted: a hostile file may have taken over the process.</summary>
internal static class DecoderAnswers
{
    private static readonly string[] s_shown = ["image/webp", "image/jpeg"];
    private static readonly string[] s_clean = ["image/jpeg", "image/png", "image/webp", "image/gif", "image/avif", "image/heic"];

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
            ? new DecodedImage(analysis, renditions, [.. answer.Head.Steps.Select(step => new StepTime(StepName(step), TimeSpan.FromSeconds(step.Seconds)))])
            : throw new InvalidDataException("The decoder's answer has other renditions than the expected ones.");
    }

    public static Rendition Rendition(Frame<DecoderAnswer> answer, RenditionName name)
    {
        Check(answer);

        return answer.Head.Renditions is [var head] && answer.Files is [var file] && head.Name == name.ToString()
            ? Rendition(head, file, name.IsClean ? s_clean : [$"image/{name.Format}"])
            : throw new InvalidDataException("The decoder's answer is not the rendition.");
    }

    private static void Check(Frame<DecoderAnswer> answer)
    {
        if (answer.Head.NeededBytes is { } needed)
        {
            throw new HeavyImageException(needed);
        }

        if (answer.Head.Failure is { } failure)
        {
            throw new UnusableImageException(failure.Reason, failure.Detail);
        }
    }

    private static Rendition Rendition(DecodedRendition head, byte[] file, string[] types) =>
        types.Contains(head.ContentType) && head is { Width: > 0, Height: > 0 } && file.Length > 0
            ? new Rendition(head.Name, head.ContentType, head.Width, head.Height, file)
            : throw new InvalidDataException("A rendition in the decoder's answer has another type or size than expected.");

    // Each name becomes a time series.
    private static string StepName(DecoderStep step) => step.Name is "decode" or "features" or StoredRendition.Thumb or StoredRendition.Preview ? step.Name : "other";
}
