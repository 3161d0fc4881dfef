using BillionHearts.ServiceDefaults.Work;

namespace BillionHearts.Api.Pipeline.Removal;

/// <summary>Wakes the job of this process that takes retired media addresses out of the gateways' caches.</summary>
internal sealed class RetiredAddressSignal : WorkSignal;
