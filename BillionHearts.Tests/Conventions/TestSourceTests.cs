using System.Text.RegularExpressions;

namespace BillionHearts.Tests.Conventions;

/// <summary>Rules for the sources of all test projects.</summary>
public sealed partial class TestSourceTests
{
    private const int MaxNameLength = 79;

    private const string PollingHelper = "BillionHearts.TestSupport/Eventually.cs";

    [Fact]
    public void A_test_name_is_shorter_than_80_characters()
    {
        var names = Sources().SelectMany(source => TestMethod().Matches(source.Text).Select(match => match.Groups["name"].Value)).ToList();

        // None found would mean that the pattern no longer fits the sources.
        Assert.NotEmpty(names);
        Assert.DoesNotContain(names, name => name.Length > MaxNameLength);
    }

    [Fact]
    public void A_test_waits_with_the_polling_helper_and_not_for_a_fixed_time()
    {
        var sources = Sources().ToDictionary(source => source.Path, source => source.Text);

        Assert.Matches(FixedWait(), sources[PollingHelper]);
        Assert.Empty(sources.Where(source => source.Key is not PollingHelper && FixedWait().IsMatch(source.Value)).Select(source => source.Key));
    }

    private static IEnumerable<(string Path, string Text)> Sources() =>
        from project in Directory.EnumerateDirectories(Repository.Root, "BillionHearts.*")
        where project.EndsWith("Tests", StringComparison.Ordinal) || project.EndsWith("TestSupport", StringComparison.Ordinal)
        from file in Directory.EnumerateFiles(project, "*.cs", SearchOption.AllDirectories)
        select (Path.GetRelativePath(Repository.Root, file), File.ReadAllText(file));

    /// <example><c>    public async Task A_name_that_is_a_sentence(</c></example>
    [GeneratedRegex(@"^\s+public (?:async )?(?:Task|ValueTask|void) (?<name>\w+_\w+)\(", RegexOptions.Multiline)]
    private static partial Regex TestMethod();

    /// <summary>An infinite delay is no wait for time: it stands for a server or a handler that never answers.</summary>
    [GeneratedRegex(@"(?:Task\s*\.\s*Delay|Thread\s*\.\s*Sleep|SpinWait\s*\.\s*SpinUntil)\s*\((?!Timeout\.Infinite)")]
    private static partial Regex FixedWait();
}
