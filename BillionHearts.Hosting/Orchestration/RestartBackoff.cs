namespace BillionHearts.Hosting.Orchestration;

/// <summary>How long to wait before what crashed is started again: soon at first, rarely in the end.</summary>
internal sealed class RestartBackoff
{
    public static readonly TimeSpan First = TimeSpan.FromSeconds(0.5);
    public static readonly TimeSpan Longest = TimeSpan.FromSeconds(30);
    public static readonly TimeSpan Recovery = TimeSpan.FromMinutes(1);

    private TimeSpan _next = First;

    /// <param name="healthyFor">How long it had been healthy when it ended; after a minute of that, its past is forgotten.</param>
    public TimeSpan Next(TimeSpan healthyFor)
    {
        var delay = healthyFor >= Recovery ? First : _next;
        _next = delay * 2 < Longest ? delay * 2 : Longest;
        return delay;
    }
}
