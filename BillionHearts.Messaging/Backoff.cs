namespace BillionHearts.Messaging;

/// <summary>Waits that double up to a limit, each shortened by a random part so that several processes do not return together.</summary>
internal static class Backoff
{
    public static TimeSpan Delay(long attempt, TimeSpan first, TimeSpan most)
    {
        var full = Math.Min(most.TotalMilliseconds, first.TotalMilliseconds * Math.Pow(2, Math.Min(attempt, 30)));

        return TimeSpan.FromMilliseconds(full * (0.5 + (Random.Shared.NextDouble() / 2)));
    }
}
