using System.Globalization;

namespace BillionHearts.Dashboard.Pages.Console;

/// <summary>The sixteen colours and weights of a terminal as CSS classes, so that they follow the theme.</summary>
internal readonly record struct AnsiStyle(int? Foreground, int? Background, bool IsBold, bool IsDim, bool IsUnderlined)
{
    public string? Classes
    {
        get
        {
            if (this == default)
            {
                return null;
            }

            return string.Join(' ', new[]
            {
                Foreground is { } foreground ? $"f{foreground}" : null,
                Background is { } background ? $"b{background}" : null,
                IsBold ? "bold" : null,
                IsDim ? "dim" : null,
                IsUnderlined ? "under" : null,
            }.Where(name => name is not null));
        }
    }

    public AnsiStyle With(string codes)
    {
        var style = this;
        var rest = new Queue<int>(codes.Split(';', ':').Select(code => int.TryParse(code, NumberStyles.None, CultureInfo.InvariantCulture, out var value) ? value : 0));

        while (rest.TryDequeue(out var code))
        {
            style = code switch
            {
                0 => default,
                1 => style with { IsBold = true },
                2 => style with { IsDim = true },
                4 => style with { IsUnderlined = true },
                22 => style with { IsBold = false, IsDim = false },
                24 => style with { IsUnderlined = false },
                >= 30 and <= 37 => style with { Foreground = code - 30 },
                38 => style with { Foreground = Extended(rest) },
                39 => style with { Foreground = null },
                >= 40 and <= 47 => style with { Background = code - 40 },
                48 => style with { Background = Extended(rest) },
                49 => style with { Background = null },
                >= 90 and <= 97 => style with { Foreground = code - 82 },
                >= 100 and <= 107 => style with { Background = code - 92 },
                _ => style,
            };
        }

        return style;
    }

    // 38;5;n is a palette of 256, 38;2;r;g;b a colour: read past, and shown where it is one of the sixteen.
    private static int? Extended(Queue<int> rest)
    {
        switch (rest.TryDequeue(out var kind) ? kind : 0)
        {
            case 5 when rest.TryDequeue(out var index):
                return index is >= 0 and < 16 ? index : null;

            case 2:
                for (var i = 0; i < 3; i++)
                {
                    rest.TryDequeue(out _);
                }

                return null;

            default:
                return null;
        }
    }
}
