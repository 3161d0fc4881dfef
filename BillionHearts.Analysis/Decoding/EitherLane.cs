using BillionHearts.Analysis.Imaging;
using BillionHearts.Contracts;

namespace BillionHearts.Analysis.Decoding;

/// <summary>For calls that decode a file and wait for it, which no queue repeats in the slow lane.</summary>
internal static class EitherLane
{
    /// <summary>Decodes in the normal lane, and where that cannot be, once more in the slow one.</summary>
    /// <exception cref="UnusableImageException">The image cannot be decoded, or its decoder ended.</exception>
    public static async Task<T> RunAsync<T>(Func<DecoderLane, Task<T>> decode)
    {
        try
        {
            return await NormalFirstAsync(decode);
        }
        catch (DecoderEndedException exception)
        {
            throw new UnusableImageException(FailureReason.DecoderCrashed, "The file cannot be decoded: its decoder ended.", exception);
        }
    }

    private static async Task<T> NormalFirstAsync<T>(Func<DecoderLane, Task<T>> decode)
    {
        try
        {
            return await decode(DecoderLane.Normal);
        }
        catch (Exception exception) when (exception is HeavyImageException or DecoderEndedException { End: not DecoderEnd.TooMuchProcessorTime })
        {
            // A process that was ended from outside says nothing about the file: one more attempt, in a process of its own.
            return await decode(DecoderLane.Slow);
        }
    }
}
