using BillionHearts.Hosting.ApplicationModel;

namespace BillionHearts.Hosting.Health;

/// <summary>
/// How to tell that a resource does its work, not only that its process exists. Each replica has a probe of its own,
/// since a probe may keep a connection.
/// </summary>
internal sealed class HealthProbeAnnotation(string key, Func<int, IHealthProbe> create) : IResourceAnnotation
{
    public string Key { get; } = key;

    public IHealthProbe Create(int replica) => create(replica);
}

internal interface IHealthProbe : IAsyncDisposable
{
    /// <summary>Returns when the resource is healthy; any exception's message says why it is not.</summary>
    Task CheckAsync(CancellationToken cancellationToken);
}
