using System.Text.Json.Serialization;
using BillionHearts.Contracts;

namespace BillionHearts.Analysis.Decoding;

/// <summary>What a decoder is told once, when it starts.</summary>
/// <param name="Options">The worker's own, so that both apply the same limits.</param>
internal sealed record DecoderSetup(AnalysisOptions Options, DecoderLane Lane);

/// <summary>What a decoder answers once, when it can take work.</summary>
/// <param name="HasSystemCallFilter">It can open no socket, start no process and write no file.</param>
/// <param name="Library">Name and version of the decoding library.</param>
internal sealed record DecoderReady(bool HasSystemCallFilter, string Library);

/// <summary>Work for a decoder; the file follows.</summary>
/// <param name="Rendition">The name of the rendition to make, or <see langword="null"/> for the whole analysis.</param>
internal sealed record DecoderJob(string? Rendition);

/// <summary>What a decoder answers. The bytes of the renditions follow, in the same order.</summary>
internal sealed record DecoderAnswer
{
    /// <summary>Set if the job was a whole analysis and nothing failed.</summary>
    public ImageAnalysis? Analysis { get; init; }

    public IReadOnlyList<DecodedRendition> Renditions { get; init; } = [];

    public IReadOnlyList<DecoderStep> Steps { get; init; } = [];

    /// <summary>The answer is a picture that was read: its embedding and its grey pixels are the files.</summary>
    public bool IsPicture { get; init; }

    /// <summary>The file is at fault.</summary>
    public AnalysisFailure? Failure { get; init; }

    /// <summary>Memory that decoding would take, in bytes, if it is more than this lane allows. Nothing was decoded.</summary>
    public long? NeededBytes { get; init; }

    /// <summary>The memory limit was reached.</summary>
    public bool IsOutOfMemory { get; init; }

    /// <summary>Memory that the process keeps afterwards, in bytes.</summary>
    public long WorkingSet { get; init; }
}

internal sealed record DecodedRendition(string Name, string ContentType, int Width, int Height);

internal sealed record DecoderStep(string Name, double Seconds);

/// <summary>How much memory one image may take.</summary>
internal enum DecoderLane
{
    Normal,

    /// <summary>One at a time, with a low priority.</summary>
    Slow,

    /// <summary>Not images but their previews: the answer is what <see cref="Recognition.PictureReader"/> reads. The lowest priority.</summary>
    Recognition,
}

[JsonSourceGenerationOptions(RespectNullableAnnotations = true, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(DecoderSetup))]
[JsonSerializable(typeof(DecoderReady))]
[JsonSerializable(typeof(DecoderJob))]
[JsonSerializable(typeof(DecoderAnswer))]
internal sealed partial class DecoderJson : JsonSerializerContext;
