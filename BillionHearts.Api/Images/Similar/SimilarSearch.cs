using BillionHearts.Api.Pipeline.Duplicates;
using BillionHearts.Api.Pipeline.Recognition;
using Microsoft.Extensions.Options;

namespace BillionHearts.Api.Images.Similar;

/// <summary>Finds what a query asks for.</summary>
internal sealed class SimilarSearch(SimilarImages similar, LookAlikes looks, IOptions<DuplicateOptions> options)
{
    /// <returns>The most similar first.</returns>
    public async Task<IReadOnlyList<FoundImage>> FindAsync(HashedImage image, SimilarQuery query, CancellationToken cancellationToken)
    {
        var maxDistance = query.MaxDistance ?? options.Value.MaxDistance;

        return query.By is SimilarQuery.Look
            ? [.. (await looks.FindAsync(image, query.MinScore ?? LookAlikes.DefaultScore, maxDistance, query.Limit, cancellationToken))
                .Select(found => new FoundImage(found.Id, Distance: null, found.Score))]
            : [.. (await similar.FindAsync(image, maxDistance, query.Limit, cancellationToken))
                .Select(found => new FoundImage(found.Id, found.Distance, Score: null))];
    }
}

/// <param name="Distance">Of a near-duplicate.</param>
/// <param name="Score">Of a look-alike.</param>
internal sealed record FoundImage(long Id, int? Distance, double? Score);
