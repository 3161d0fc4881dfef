using System.ComponentModel;
using BillionHearts.Contracts;

namespace BillionHearts.Api.Images;

/// <summary>What was recognised in the current version.</summary>
internal sealed record RecognitionResponse
{
    [Description("Name and version of what says which pictures look alike, such as `resnet18/1`.")]
    public required string Model { get; init; }

    [Description("Words that can be read in the picture. Null if there are none.")]
    public string? Text { get; init; }

    /// <returns><see langword="null"/> if nothing was recognised.</returns>
    public static RecognitionResponse? From(ImageRecognition? recognition) =>
        recognition is { Failure: null } ? new RecognitionResponse { Model = recognition.Model, Text = recognition.Text } : null;
}
