namespace BillionHearts.Analysis.Decoding;

/// <summary>The end of what a process writes to its standard error. Reading goes on as long as it writes: a full pipe would stop it.</summary>
internal sealed class ErrorOutput(StreamReader reader)
{
    private const int MaxLength = 2000;

    private static readonly TimeSpan s_endLimit = TimeSpan.FromSeconds(2);

    // How the runtime, GLib and the C++ library end a process that gets no memory.
    private static readonly string[] s_outOfMemory = ["out of memory", "OutOfMemory", "failed to allocate", "bad_alloc"];

    private readonly Task<string> _last = ReadAsync(reader);

    /// <summary>At most 2,000 characters, once the process has ended.</summary>
    public string Text => _last.Wait(s_endLimit) ? _last.Result : "";

    public bool SaysOutOfMemory => s_outOfMemory.Any(words => Text.Contains(words, StringComparison.OrdinalIgnoreCase));

    private static async Task<string> ReadAsync(StreamReader reader)
    {
        using var closed = reader;
        var last = new char[MaxLength];
        var text = "";

        try
        {
            while (await reader.ReadAsync(last) is var count and > 0)
            {
                text += new string(last, 0, count);
                text = text[Math.Max(0, text.Length - MaxLength)..];
            }
        }
        catch (Exception exception) when (exception is IOException or ObjectDisposedException)
        {
            // The process was ended.
        }

        return text.Trim();
    }
}
