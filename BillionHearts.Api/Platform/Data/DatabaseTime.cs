namespace BillionHearts.Api.Platform.Data;

internal static class DatabaseTime
{
    /// <summary>The current time in whole microseconds, the precision of PostgreSQL: a value returned now must equal the value read later.</summary>
    public static DateTimeOffset GetMicroseconds(this TimeProvider clock)
    {
        var now = clock.GetUtcNow();
        return now.AddTicks(-(now.Ticks % TimeSpan.TicksPerMicrosecond));
    }
}
