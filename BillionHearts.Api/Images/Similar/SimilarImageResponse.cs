using System.ComponentModel;
using System.Text.Json.Serialization;

namespace BillionHearts.Api.Images.Similar;

/// <summary>An image that is similar to another one, and how similar.</summary>
internal sealed record SimilarImageResponse
{
    [Description("By hash: how many of the 64 bits of the two perceptual hashes differ; 0 for the same picture.")]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public int? Distance { get; init; }

    [Description("By look: the cosine of the two pictures' features. About 0.3 for pictures of different things, 1 for the same picture.")]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public double? Score { get; init; }

    public required ImageResponse Image { get; init; }
}
