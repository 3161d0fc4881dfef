using System.Text;

namespace BillionHearts.Hosting.Processes;

/// <summary>Cuts a child's output into lines, none of which can fill the host's memory.</summary>
internal static class LineReader
{
    /// <summary>Longest line kept; of what follows only the length is told.</summary>
    public const int MaxLength = 16 * 1024;

    /// <summary>Reads until the last writer closes its end. A line without an end is passed on when the stream ends.</summary>
    public static async Task ReadAsync(TextReader reader, Action<string> onLine)
    {
        var buffer = new char[4096];
        var line = new StringBuilder();
        var dropped = 0L;
        int read;

        while ((read = await reader.ReadAsync(buffer.AsMemory())) > 0)
        {
            var rest = buffer.AsMemory(0, read);
            int end;

            while ((end = rest.Span.IndexOf('\n')) >= 0)
            {
                dropped += Append(line, rest.Span[..end]);
                onLine(Take(line, ref dropped));
                rest = rest[(end + 1)..];
            }

            dropped += Append(line, rest.Span);
        }

        if (line.Length > 0)
        {
            onLine(Take(line, ref dropped));
        }
    }

    private static int Append(StringBuilder line, ReadOnlySpan<char> text)
    {
        var kept = Math.Min(text.Length, MaxLength - line.Length);
        line.Append(text[..kept]);
        return text.Length - kept;
    }

    private static string Take(StringBuilder line, ref long dropped)
    {
        if (dropped > 0)
        {
            line.Append($"… ({dropped} more characters)");
        }
        else if (line.Length > 0 && line[^1] is '\r')
        {
            line.Length--;
        }

        var text = line.ToString();
        line.Clear();
        dropped = 0;
        return text;
    }
}
