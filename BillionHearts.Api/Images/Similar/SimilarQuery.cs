using BillionHearts.Api.Pipeline.Duplicates;
using BillionHearts.Api.Platform.Errors;
using BillionHearts.Api.Platform.Input;

namespace BillionHearts.Api.Images.Similar;

/// <summary>How near and how many.</summary>
/// <param name="MaxDistance">Null for the configured one.</param>
internal sealed record SimilarQuery(int? MaxDistance, int Limit)
{
    public const int DefaultLimit = 20;
    public const int MaxLimit = 100;

    public static SimilarQuery Declare(ParameterReader parameters) => new(
        (int?)parameters.Integer("max_distance", 0, HashBands.MaxDistance),
        (int?)parameters.Integer("limit", 1, MaxLimit) ?? DefaultLimit);

    public static Outcome<SimilarQuery> Read(HttpRequest request)
    {
        var parameters = ParameterReader.ForQuery(request);
        var query = Declare(parameters);

        return parameters.Errors.Problem is { } refusal ? refusal : query;
    }
}
