namespace BillionHearts.Api.Platform.Data;

internal static class DatabaseTime
{
    /// <summary>Now, as PostgreSQL can keep it, in whole microseconds: what is answered at once must equal what is read later.</summary>
    public static DateTimeOffset GetMicroseconds(this TimeProvider clock)
    {
        var now = clock.GetUtcNow();
        return now.AddTicks(-(now.Ticks % TimeSpan.TicksPerMicrosecond));
    }
}
