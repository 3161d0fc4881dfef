using System.Globalization;
using BillionHearts.Notifications.Errors;
using BillionHearts.Notifications.Events;
using BillionHearts.ServiceDefaults.Errors;

namespace BillionHearts.Notifications.Inbox;

/// <summary>What a list of notifications shows.</summary>
/// <param name="Before">Only events with a smaller id: the cursor of a page.</param>
/// <param name="After">Only events with a greater id, oldest first.</param>
/// <param name="Wait">With <paramref name="After"/>, how long to wait for an event if there is none.</param>
internal sealed record InboxQuery(long Before, long? After, TimeSpan Wait, IReadOnlyList<string> Types, bool OnlyUnread, int Limit)
{
    public const int MaxLimit = 200;
    public const int MaxWait = 30;

    private const int DefaultLimit = 50;

    /// <returns>The query, or the refusal of a parameter.</returns>
    public static (InboxQuery? Query, Problem? Refusal) Read(IQueryCollection parameters)
    {
        Problem? refusal = null;
        var (limit, before, after, wait) = (
            Number("limit", 1, MaxLimit) ?? DefaultLimit, Number("cursor", 1, long.MaxValue), Number("after", 0, long.MaxValue), Number("wait", 0, MaxWait) ?? 0);
        string[] types = [.. parameters["type"].OfType<string>()];
        var unread = parameters["unread"].ToString();

        if (types.FirstOrDefault(type => !EventMessage.Types.Contains(type)) is { } unknown)
        {
            refusal ??= Problems.InvalidField("type", $"must be one of {string.Join(", ", EventMessage.Types)}, not '{Problems.Shorten(unknown)}'");
        }

        if (unread is not ("" or "true" or "false"))
        {
            refusal ??= Problems.InvalidField("unread", $"must be true or false, not '{Problems.Shorten(unread)}'");
        }

        if (after is not null && (before is not null || types.Length > 0 || unread is "true"))
        {
            refusal ??= Problems.InvalidField("after", "goes with limit and wait only: it reads forward, and all types");
        }

        if (wait > 0 && after is null)
        {
            refusal ??= Problems.InvalidField("wait", "needs after, the id of the last event that was seen");
        }

        return refusal is null
            ? (new InboxQuery(before ?? long.MaxValue, after, TimeSpan.FromSeconds(wait), types, unread is "true", (int)limit), null)
            : (null, refusal);

        long? Number(string name, long min, long max)
        {
            var text = parameters[name].ToString();

            if (text.Length is 0)
            {
                return null;
            }

            if (long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= min && number <= max)
            {
                return number;
            }

            refusal ??= Problems.InvalidField(name, $"must be a whole number from {min} to {max}, not '{Problems.Shorten(text)}'");
            return null;
        }
    }
}
