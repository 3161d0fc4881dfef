using BillionHearts.Api.Pipeline.Duplicates;
using BillionHearts.Api.Platform.Errors;
using BillionHearts.Api.Platform.Input;

namespace BillionHearts.Api.Images.Similar;

/// <summary>By what, how near and how many.</summary>
/// <param name="By"><see cref="Hash"/> or <see cref="Look"/>.</param>
/// <param name="MaxDistance">Null for the configured one.</param>
/// <param name="MinScore">Only by look; null for the default.</param>
internal sealed record SimilarQuery(string By, int? MaxDistance, double? MinScore, int Limit)
{
    public const string Hash = "hash";
    public const string Look = "look";

    public const int DefaultLimit = 20;
    public const int MaxLimit = 100;

    private static readonly string[] s_ways = [Hash, Look];

    public static SimilarQuery Declare(ParameterReader parameters) => new(
        parameters.OneOf("by", way => s_ways.Contains(way) ? way : null, s_ways) ?? Hash,
        (int?)parameters.Integer("max_distance", 0, HashBands.MaxDistance),
        parameters.Share("min_score"),
        (int?)parameters.Integer("limit", 1, MaxLimit) ?? DefaultLimit);

    public static Outcome<SimilarQuery> Read(HttpRequest request)
    {
        var parameters = ParameterReader.ForQuery(request);
        var query = Declare(parameters);

        if (query is { By: Hash, MinScore: not null } && !parameters.Errors.Has("by"))
        {
            parameters.Errors.Add("min_score", "needs by=look: near-duplicates have a distance and no score");
        }

        return parameters.Errors.Problem is { } refusal ? refusal : query;
    }
}
