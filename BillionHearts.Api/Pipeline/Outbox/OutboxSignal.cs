using BillionHearts.ServiceDefaults.Work;

namespace BillionHearts.Api.Pipeline.Outbox;

/// <summary>Wakes the outbox relay of this process.</summary>
internal sealed class OutboxSignal : WorkSignal;
