namespace BillionHearts.Dashboard.Orchestration;

/// <summary>The last lines of one resource.</summary>
internal sealed class ConsoleLog
{
    private const int MostLines = 5_000;
    private const int MostCharacters = 2_000_000;

    private readonly Lock _lock = new();
    private readonly Queue<ConsoleLine> _lines = [];
    private long _version;
    private int _characters;
    private bool _isReplay;

    public long Version => Volatile.Read(ref _version);

    public ConsoleLine[] Lines
    {
        get
        {
            lock (_lock)
            {
                return [.. _lines];
            }
        }
    }

    public void Add(ConsoleLine line)
    {
        lock (_lock)
        {
            if (_isReplay)
            {
                // The host tells its history from the start whenever it is asked anew; ours is the same, or another host's.
                Forget();
                _isReplay = false;
            }

            _lines.Enqueue(line);
            _characters += line.Text.Length;

            while (_lines.Count > MostLines || _characters > MostCharacters)
            {
                _characters -= _lines.Dequeue().Text.Length;
            }

            _version++;
        }
    }

    /// <summary>What comes next is told from the beginning.</summary>
    public void Restart()
    {
        lock (_lock)
        {
            _isReplay = true;
        }
    }

    public void Clear()
    {
        lock (_lock)
        {
            Forget();
            _version++;
        }
    }

    private void Forget()
    {
        _lines.Clear();
        _characters = 0;
    }
}
