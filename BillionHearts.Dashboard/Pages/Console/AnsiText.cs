using System.Text;

namespace BillionHearts.Dashboard.Pages.Console;

internal sealed record AnsiRun(string Text, string? Style);

/// <summary>
/// A line with its colours: <c>ESC [ 31 ; 1 m text ESC [ 0 m</c>. Every other control sequence is dropped, as a browser has no
/// cursor to move.
/// </summary>
internal static class AnsiText
{
    private const char Escape = '\u001b';

    public static List<AnsiRun> Parse(string line)
    {
        var runs = new List<AnsiRun>();
        var text = new StringBuilder();
        var style = new AnsiStyle();

        for (var i = 0; i < line.Length; i++)
        {
            if (line[i] is not Escape)
            {
                if (!char.IsControl(line[i]) || line[i] is '\t')
                {
                    text.Append(line[i]);
                }

                continue;
            }

            var (end, codes) = ReadSequence(line, i);
            i = end;

            if (codes is not null)
            {
                Flush(runs, text, style);
                style = style.With(codes);
            }
        }

        Flush(runs, text, style);
        return runs;
    }

    public static string Strip(string line) => line.Contains(Escape, StringComparison.Ordinal)
        ? string.Concat(Parse(line).Select(run => run.Text))
        : line;

    /// <returns>Where the sequence ends, and the codes of a colour (null for any other sequence).</returns>
    private static (int End, string? Codes) ReadSequence(string line, int start)
    {
        if (start + 1 >= line.Length)
        {
            return (start, null);
        }

        // ESC ] … BEL, or ESC ] … ESC \: a title or a link.
        if (line[start + 1] is ']')
        {
            var end = line.AsSpan(start + 2).IndexOfAny('\u0007', '\\');
            return (end < 0 ? line.Length : start + 2 + end, null);
        }

        if (line[start + 1] is not '[')
        {
            return (start + 1, null);
        }

        for (var i = start + 2; i < line.Length; i++)
        {
            if (line[i] is >= '@' and <= '~')
            {
                return (i, line[i] is 'm' ? line[(start + 2)..i] : null);
            }
        }

        return (line.Length, null);
    }

    private static void Flush(List<AnsiRun> runs, StringBuilder text, AnsiStyle style)
    {
        if (text.Length > 0)
        {
            runs.Add(new(text.ToString(), style.Classes));
            text.Clear();
        }
    }
}
