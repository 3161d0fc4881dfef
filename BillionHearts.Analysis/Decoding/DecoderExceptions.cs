using BillionHearts.Contracts;

namespace BillionHearts.Analysis.Decoding;

/// <summary>The image may take more memory than the normal lane allows, and has to wait for the slow one.</summary>
/// <param name="neededBytes">Predicted from the header.</param>
internal sealed class HeavyImageException(long neededBytes) : Exception($"Decoding takes about {neededBytes} bytes of memory.")
{
    public long NeededBytes { get; } = neededBytes;
}

/// <summary>No decoder can be started, or the one of the slow lane is taken: no image is at fault. It counts as an outage, so that the broker keeps the message.</summary>
internal sealed class DecoderUnavailableException(string message, Exception? cause = null) : TimeoutException(message, cause);

/// <summary>The decoder ended, or had to be ended, while it worked on an image.</summary>
internal sealed class DecoderEndedException(DecoderEnd end, AnalysisDiagnosis diagnosis) : Exception($"The decoder ended: {end}.")
{
    public DecoderEnd End { get; } = end;

    /// <summary>What is needed to reproduce it.</summary>
    public AnalysisDiagnosis Diagnosis { get; } = diagnosis;
}

internal enum DecoderEnd
{
    /// <summary>Any other cause than the two below, such as a fault in a library or a signal.</summary>
    Crashed,

    /// <summary>It used more processor time than one image may.</summary>
    TooMuchProcessorTime,

    /// <summary>It would have needed more memory than one image may.</summary>
    TooMuchMemory,
}
