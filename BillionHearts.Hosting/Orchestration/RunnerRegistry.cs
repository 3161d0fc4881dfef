using BillionHearts.Hosting.ApplicationModel;

namespace BillionHearts.Hosting.Orchestration;

/// <summary>Who keeps what running.</summary>
internal sealed class RunnerRegistry
{
    private IReadOnlyList<ResourceRunner> _runners = [];

    public IReadOnlyList<ResourceRunner> All => _runners;

    public void Fill(IReadOnlyList<ResourceRunner> runners) => _runners = runners;

    public ResourceRunner? Find(string instanceId) =>
        _runners.FirstOrDefault(runner => string.Equals(runner.Instance.Id, instanceId, StringComparison.OrdinalIgnoreCase));

    public IReadOnlyList<ResourceRunner> Of(IResource resource) => [.. _runners.Where(runner => ReferenceEquals(runner.Resource, resource))];
}
