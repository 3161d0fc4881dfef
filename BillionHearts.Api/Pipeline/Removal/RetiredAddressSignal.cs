using BillionHearts.ServiceDefaults.Work;

namespace BillionHearts.Api.Pipeline.Removal;

/// <summary>Wakes this process's job that removes retired media addresses from the gateways' caches.</summary>
internal sealed class RetiredAddressSignal : WorkSignal;
