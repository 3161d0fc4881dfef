namespace BillionHearts.Notifications.Webhooks.Deliveries;

/// <summary>When a failed attempt is repeated: eight times, over 24 hours, each delay up to 20 % shorter or longer so that receivers are not hit by all at once.</summary>
internal static class RetrySchedule
{
    public const double Jitter = 0.2;

    public static readonly TimeSpan Longest = TimeSpan.FromHours(24);

    public static readonly IReadOnlyList<TimeSpan> Delays =
    [
        TimeSpan.FromSeconds(5),
        TimeSpan.FromMinutes(1),
        TimeSpan.FromMinutes(5),
        TimeSpan.FromMinutes(30),
        TimeSpan.FromHours(2),
        TimeSpan.FromHours(4),
        TimeSpan.FromHours(8),
        // To the end of the 24 hours.
        Longest - new TimeSpan(14, 36, 5),
    ];

    private static readonly TimeSpan s_shortestPause = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan s_longestPause = TimeSpan.FromMinutes(5);

    /// <summary>The delay after so many attempts have failed; null when there is none left.</summary>
    /// <param name="asked">What the receiver asked for (<c>Retry-After</c>). It counts where it is longer, up to a day.</param>
    /// <param name="random">From 0 to 1.</param>
    public static TimeSpan? DelayAfter(int tries, TimeSpan? asked, double random)
    {
        if (tries > Delays.Count)
        {
            return null;
        }

        var delay = Delays[Math.Max(tries, 1) - 1] * (1 - Jitter + (2 * Jitter * random));

        return asked > delay ? Shorter(asked.Value, Longest) : delay;
    }

    /// <summary>
    /// How long nothing is sent to a webhook after a failure, whatever else is due: a quarter of the time that it has failed already, from a second to five
    /// minutes. So many dead receivers need few connections.
    /// </summary>
    public static TimeSpan PauseAfter(TimeSpan failingFor, TimeSpan? asked)
    {
        var pause = failingFor / 4 < s_shortestPause ? s_shortestPause : Shorter(failingFor / 4, s_longestPause);

        return asked > pause ? Shorter(asked.Value, Longest) : pause;
    }

    private static TimeSpan Shorter(TimeSpan one, TimeSpan other) => one < other ? one : other;
}
