using BillionHearts.Api.Platform.Data;
using BillionHearts.ServiceDefaults.Work;

namespace BillionHearts.Api.Platform.Work;

/// <summary>Deletes old rows in small batches, by the rules that the rooms register.</summary>
internal sealed class Retention(ImagesDbContext db, IEnumerable<RetentionRule> rules) : IRecurringJob
{
    public static readonly TimeSpan Period = TimeSpan.FromHours(1);

    private const int BatchSize = 1000;

    public async Task<NextRun> RunAsync(CancellationToken cancellationToken)
    {
        foreach (var rule in rules)
        {
            while (await rule.DeleteBatchAsync(db, BatchSize, cancellationToken) is BatchSize)
            {
            }
        }

        return NextRun.WhenDue;
    }
}

/// <summary>Rows that serve no purpose after a while.</summary>
/// <param name="Table">For readers of the list of rules.</param>
/// <param name="DeleteBatchAsync">Deletes at most the given number of rows and returns how many it deleted.</param>
internal sealed record RetentionRule(string Table, Func<ImagesDbContext, int, CancellationToken, Task<int>> DeleteBatchAsync);
