using BillionHearts.Notifications.Events;

namespace BillionHearts.Notifications.Webhooks;

/// <summary>The types of events that a webhook can ask for.</summary>
internal static class WebhookEvents
{
    /// <summary>All types, also those that are added later.</summary>
    public const string All = "*";

    /// <summary>A webhook was disabled because it failed. Its owner reads this in the event stream or at another webhook.</summary>
    public const string Disabled = "webhook.disabled";

    /// <summary>Sent on request, to one webhook, whatever it asked for. Not an event of the log.</summary>
    public const string Test = "webhook.test";

    public static readonly IReadOnlyList<string> Known = [All, .. EventMessage.Types, Disabled];

    public static bool Includes(IReadOnlyCollection<string> asked, string type) => asked.Contains(All) || asked.Contains(type);
}
