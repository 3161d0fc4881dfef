using BillionHearts.Api.Data;

namespace BillionHearts.Api.Outbox;

/// <summary>Wakes the relay of this process.</summary>
internal sealed class OutboxSignal : WorkSignal;
