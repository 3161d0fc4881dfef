using System.Runtime.CompilerServices;
using BillionHearts.Hosting.Processes;

namespace BillionHearts.Hosting.Logs;

/// <summary>The console of one resource: its last lines in memory, and a file that cannot fill the disk.</summary>
internal sealed class ResourceLog(TimeProvider clock, string? path) : IDisposable
{
    private const int Capacity = 2000;
    private const long FileLimit = 10 * 1024 * 1024;

    private readonly Lock _lock = new();
    private readonly Queue<LogLine> _lines = new(Capacity);
    private StreamWriter? _file = path is null ? null : Open(path);
    private TaskCompletionSource? _more;
    private long _count;
    private bool _disposed;

    /// <summary>Lines ever written.</summary>
    public long Count
    {
        get
        {
            lock (_lock)
            {
                return _count;
            }
        }
    }

    public void Append(string text, bool isError)
    {
        lock (_lock)
        {
            if (_disposed)
            {
                return;
            }

            if (_lines.Count == Capacity)
            {
                _lines.Dequeue();
            }

            _lines.Enqueue(new(++_count, clock.GetUtcNow(), text, isError));
            Write(text);
            _more?.TrySetResult();
            _more = null;
        }
    }

    /// <summary>What is still kept of the lines after this number.</summary>
    public IReadOnlyList<LogLine> Read(long after = 0)
    {
        lock (_lock)
        {
            return [.. _lines.SkipWhile(line => line.Number <= after)];
        }
    }

    /// <summary>What is kept, and then each line as it comes, until cancelled or the host ends.</summary>
    public async IAsyncEnumerable<LogLine> FollowAsync(long after, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        while (true)
        {
            var more = More();

            foreach (var line in Read(after))
            {
                after = line.Number;
                yield return line;
            }

            if (more is null)
            {
                yield break;
            }

            await more.WaitAsync(cancellationToken);
        }
    }

    public void Dispose()
    {
        lock (_lock)
        {
            _disposed = true;
            _file?.Dispose();
            _file = null;
            _more?.TrySetResult();
            _more = null;
        }
    }

    private Task? More()
    {
        lock (_lock)
        {
            return _disposed ? null : (_more ??= new(TaskCreationOptions.RunContinuationsAsynchronously)).Task;
        }
    }

    private void Write(string text)
    {
        try
        {
            if (_file is { BaseStream.Length: > FileLimit })
            {
                _file.Dispose();
                File.Move(path!, path + ".1", overwrite: true);
                _file = Open(path!);
            }

            _file?.WriteLine(text);
        }
        catch (IOException)
        {
            // A full disk must not end the reading of a server's output; the lines in memory remain.
        }
    }

    private static StreamWriter Open(string path) => new(path, append: false) { AutoFlush = true };
}
