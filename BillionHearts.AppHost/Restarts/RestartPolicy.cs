/// <summary>How long to wait before what died is started again: soon at first, then less soon, and not for ever.</summary>
internal sealed class RestartPolicy(TimeProvider clock)
{
    /// <summary>So many deaths within <see cref="Window"/> are one too many.</summary>
    public const int Limit = 5;

    public static readonly TimeSpan Window = TimeSpan.FromMinutes(1);
    public static readonly TimeSpan First = TimeSpan.FromSeconds(0.5);

    private readonly Queue<DateTimeOffset> _deaths = new();

    /// <summary>Notes a death. Null says to give up; the next death after that counts anew.</summary>
    public TimeSpan? Next()
    {
        var now = clock.GetUtcNow();
        while (_deaths.TryPeek(out var oldest) && now - oldest >= Window)
        {
            _deaths.Dequeue();
        }

        if (_deaths.Count == Limit)
        {
            _deaths.Clear();
            return null;
        }

        _deaths.Enqueue(now);
        return First * (1 << (_deaths.Count - 1));
    }
}
