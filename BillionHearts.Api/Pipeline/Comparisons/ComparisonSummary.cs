namespace BillionHearts.Api.Pipeline.Comparisons;

/// <summary>Counts what the images of a comparison have in common.</summary>
internal static class ComparisonSummary
{
    public const int MaxDifferent = 20;

    public static ComparisonReport Of(IReadOnlyList<ComparisonImage> images)
    {
        var compared = images.Where(image => image.State is TrialState.Compared).ToList();
        var different = compared
            .Select(image => new DifferentImage(image.ImageId, [.. (image.Differences ?? []).Where(difference => difference.Kind is not DifferenceKind.Added)]))
            .Where(image => image.Differences.Count > 0)
            .OrderByDescending(image => image.Differences.Count).ThenBy(image => image.ImageId)
            .ToList();

        return new ComparisonReport(
            different.Count,
            [.. compared.GroupBy(image => (image.OldAnalyzer, image.NewAnalyzer)).Select(pair => new AnalyzerPair(pair.Key.OldAnalyzer, pair.Key.NewAnalyzer, pair.Count()))
                .OrderByDescending(pair => pair.Images)],
            Seconds(compared),
            Fields(compared),
            [.. images.Where(image => image.State is TrialState.Failed or TrialState.Skipped).GroupBy(image => (image.State, image.Reason))
                .Select(group => new NotCompared(group.Key.State, group.Key.Reason, group.Count())).OrderByDescending(group => group.Images)],
            [.. different.Take(MaxDifferent)]);
    }

    private static ComparedField[] Fields(List<ComparisonImage> compared) =>
    [
        .. compared.SelectMany(image => image.Differences ?? []).GroupBy(difference => difference.Field)
            .Select(group =>
            {
                var changes = group.Select(difference => difference.Change).OfType<double>().Order().ToList();
                int Count(string kind) => group.Count(difference => difference.Kind == kind);

                return new ComparedField(
                    group.Key, Count(DifferenceKind.Changed), Count(DifferenceKind.Added), Count(DifferenceKind.Lost), Math.Round((double)group.Count() / compared.Count, 4),
                    Percentile(changes, 0.5), Percentile(changes, 0.95), Percentile(changes, 1));
            })
            .OrderByDescending(field => field.Changed + field.Lost).ThenByDescending(field => field.Added).ThenBy(field => field.Field, StringComparer.Ordinal),
    ];

    private static ComparedSeconds Seconds(List<ComparisonImage> compared)
    {
        var old = compared.Select(image => image.OldSeconds).OfType<double>().Order().ToList();
        var @new = compared.Select(image => image.NewSeconds).OfType<double>().Order().ToList();

        return new ComparedSeconds(Percentile(old, 0.5), Percentile(old, 0.95), Percentile(@new, 0.5), Percentile(@new, 0.95));
    }

    /// <summary>The nearest rank.</summary>
    private static double? Percentile(List<double> sorted, double share) => sorted.Count is 0 ? null : Math.Round(sorted[(int)Math.Ceiling(share * sorted.Count) - 1], 6);
}
