using BillionHearts.Api.Data;

namespace BillionHearts.Api.Edge;

/// <summary>Wakes the sweeper of this process.</summary>
internal sealed class EdgeSignal : WorkSignal;
