namespace BillionHearts.Dashboard.Intake;

internal static class IntakeTime
{
    private static readonly ulong s_last = (ulong)(new DateTime(2200, 1, 1, 0, 0, 0, DateTimeKind.Utc) - DateTime.UnixEpoch).Ticks;

    /// <summary>UTC ticks of nanoseconds since 1970. A sender may write any number; a page must be able to show it.</summary>
    public static long Ticks(ulong unixNanoseconds) => DateTime.UnixEpoch.Ticks + (long)Math.Min(unixNanoseconds / 100, s_last);
}
