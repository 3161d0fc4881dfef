namespace BillionHearts.Api.Pipeline.Watch;

/// <summary>The duration of the uploads that this process has just stored. Background work gives way when they take long.</summary>
internal sealed class RecentUploads(TimeProvider clock)
{
    /// <summary>Older uploads say nothing about the present.</summary>
    private static readonly TimeSpan s_window = TimeSpan.FromSeconds(30);

    private const int Capacity = 512;

    /// <summary>One slow upload of a few would be the P99.</summary>
    private const int MinUploads = 20;

    private const double Share = 0.99;

    private readonly Lock _lock = new();
    private readonly Queue<(long At, TimeSpan Duration)> _uploads = new(Capacity);

    public void Stored(TimeSpan duration)
    {
        lock (_lock)
        {
            if (_uploads.Count is Capacity)
            {
                _uploads.Dequeue();
            }

            _uploads.Enqueue((clock.GetTimestamp(), duration));
        }
    }

    /// <returns>The P99 of the last 30 s, or <see langword="null"/> if there were fewer than 20 uploads.</returns>
    public TimeSpan? P99()
    {
        TimeSpan[] durations;

        lock (_lock)
        {
            while (_uploads.TryPeek(out var oldest) && clock.GetElapsedTime(oldest.At) > s_window)
            {
                _uploads.Dequeue();
            }

            durations = [.. _uploads.Select(upload => upload.Duration)];
        }

        if (durations.Length < MinUploads)
        {
            return null;
        }

        Array.Sort(durations);
        return durations[(int)Math.Ceiling(durations.Length * Share) - 1];
    }
}
