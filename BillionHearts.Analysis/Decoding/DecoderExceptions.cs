using BillionHearts.Contracts;

namespace BillionHearts.Analysis.Decoding;

/// <summary>The image may take more memory than the normal lane allows, and has to wait for the slow one.</summary>
/// <param name="neededBytes">Predicted from the header.</param>
internal sealed class HeavyImageException(long neededBytes) : Exception($"Decoding takes about {neededBytes} bytes of memory.")
{
    public long NeededBytes { get; } = neededBytes;
}

/// <summary>The decoder ended, or had to be ended, while it worked on an image.</summary>
internal sealed class DecoderEndedException(DecoderEnd end, AnalysisDiagnosis diagnosis) : Exception($"The decoder ended: {end}.")
{
    public DecoderEnd End { get; } = end;

    /// <summary>What is needed to reproduce it.</summary>
    public AnalysisDiagnosis Diagnosis { get; } = diagnosis;
}

internal enum DecoderEnd
{
    /// <summary>By itself, or by another cause than the two below.</summary>
    Crashed,

    /// <summary>It used more processor time than one image may.</summary>
    TooMuchProcessorTime,

    /// <summary>It would have needed more memory than one image may.</summary>
    TooMuchMemory,
}
