using BillionHearts.ServiceDefaults.Work;

namespace BillionHearts.Notifications.Webhooks.Sending;

/// <summary>Wakes <see cref="Dispatch"/>: there is something to send, or an attempt has ended.</summary>
internal sealed class DispatchSignal : WorkSignal;
