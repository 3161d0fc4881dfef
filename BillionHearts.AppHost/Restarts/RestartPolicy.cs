/// <summary>How long to wait before a failed resource is restarted: a pause that doubles, and an end after too many failures.</summary>
internal sealed class RestartPolicy(TimeProvider clock)
{
    /// <summary>Restarts within <see cref="Window"/>.</summary>
    public const int Limit = 5;

    public static readonly TimeSpan Window = TimeSpan.FromMinutes(1);
    public static readonly TimeSpan First = TimeSpan.FromSeconds(0.5);

    private readonly Queue<DateTimeOffset> _failures = new();

    /// <summary>Counts a failure. Null means to give up; counting then starts again.</summary>
    public TimeSpan? Next()
    {
        var now = clock.GetUtcNow();
        while (_failures.TryPeek(out var oldest) && now - oldest >= Window)
        {
            _failures.Dequeue();
        }

        if (_failures.Count == Limit)
        {
            _failures.Clear();
            return null;
        }

        _failures.Enqueue(now);
        return First * (1 << (_failures.Count - 1));
    }
}
