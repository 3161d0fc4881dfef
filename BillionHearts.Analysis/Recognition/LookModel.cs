using BillionHearts.Contracts;
using Microsoft.ML.OnnxRuntime;
using NetVips;

namespace BillionHearts.Analysis.Recognition;

/// <summary>
/// What a picture looks like, as 512 numbers: the last layer but one of ResNet-18 (He et al., "Deep Residual Learning for Image Recognition", CVPR 2016),
/// trained on ImageNet, from the package Microsoft.ML.DnnImageFeaturizer.ResNet18. The package leaves the classes out, so there are no tags.
/// </summary>
internal sealed class LookModel : IDisposable
{
    /// <summary>Of the weights and of how a picture is prepared for them. A change of either makes earlier embeddings incomparable: increase the number.</summary>
    public const string Name = "resnet18/1";

    private const int Side = 224;
    private const int Bands = 3;

    private static readonly string s_folder = Path.Combine(AppContext.BaseDirectory, "DnnImageModels");

    private static readonly string[] s_files = [Path.Combine(s_folder, "ResNetPreprocess.onnx"), Path.Combine(s_folder, "ResNet18.onnx")];

    /// <summary>The first makes BGR of RGB and subtracts the mean picture of ImageNet; the second is the network.</summary>
    private readonly InferenceSession[] _sessions = [.. s_files.Select(Load)];

    private readonly RunOptions _run = new();

    /// <summary>A file of the model that is not there.</summary>
    public static string? MissingFile => s_files.FirstOrDefault(file => !File.Exists(file));

    /// <param name="srgb">Three bands of 8 bits.</param>
    /// <returns>512 numbers, the largest 255; <see langword="null"/> if all are 0.</returns>
    public byte[]? Embed(Image srgb)
    {
        // All of the picture, whatever its shape: on photos from Debian's packages that finds as much as its centre does, and nothing is left out.
        using var square = srgb.ThumbnailImage(Side, Side, size: Enums.Size.Force);
        var features = Run(Planes(square.WriteToMemory<byte>()));
        var largest = features.Max();

        return largest > 0 ? [.. features.Select(feature => (byte)Math.Round(Math.Max(0, feature) / largest * byte.MaxValue))] : null;
    }

    public void Dispose()
    {
        _run.Dispose();

        foreach (var session in _sessions)
        {
            session.Dispose();
        }
    }

    private float[] Run(float[] planes)
    {
        using var picture = OrtValue.CreateTensorValueFromMemory(planes, [1, Bands, Side, Side]);
        using var prepared = Run(_sessions[0], picture);
        using var features = Run(_sessions[1], prepared[0]);
        var values = features[0].GetTensorDataAsSpan<float>();

        return values.Length is ImageRecognition.Features
            ? values.ToArray()
            : throw new InvalidDataException($"The model gives {values.Length} numbers, not {ImageRecognition.Features}.");
    }

    private IDisposableReadOnlyCollection<OrtValue> Run(InferenceSession session, OrtValue input) =>
        session.Run(_run, [.. session.InputMetadata.Keys], [input], [.. session.OutputMetadata.Keys]);

    private static InferenceSession Load(string file)
    {
        // One thread, and no memory that is kept for later. Optimising the graph would save a third of the 0.05 s of a picture, but takes twice the memory
        // and a second of processor time at each start.
        using var options = new Microsoft.ML.OnnxRuntime.SessionOptions
        {
            IntraOpNumThreads = 1,
            InterOpNumThreads = 1,
            EnableCpuMemArena = false,
            EnableMemoryPattern = false,
            GraphOptimizationLevel = GraphOptimizationLevel.ORT_DISABLE_ALL,
            LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR,
        };
        return new InferenceSession(file, options);
    }

    // From pixel by pixel to one band after the other.
    private static float[] Planes(byte[] pixels)
    {
        var planes = new float[pixels.Length];

        for (var i = 0; i < pixels.Length; i++)
        {
            planes[(i % Bands * Side * Side) + (i / Bands)] = pixels[i];
        }

        return planes;
    }
}
