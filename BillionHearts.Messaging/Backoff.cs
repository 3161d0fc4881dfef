namespace BillionHearts.Messaging;

/// <summary>Delays that double up to a limit, each shortened by a random part so that several processes do not retry at the same time.</summary>
internal static class Backoff
{
    public static TimeSpan Delay(long attempt, TimeSpan first, TimeSpan max)
    {
        var full = Math.Min(max.TotalMilliseconds, first.TotalMilliseconds * Math.Pow(2, Math.Min(attempt, 30)));

        return TimeSpan.FromMilliseconds(full * (0.5 + (Random.Shared.NextDouble() / 2)));
    }
}
