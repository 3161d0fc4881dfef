using BillionHearts.Hosting.ApplicationModel;

namespace BillionHearts.Hosting.Ports;

/// <summary>Gives every endpoint of every replica its port before anything starts, so that references need no order.</summary>
internal sealed class EndpointAllocator(PortReservations ports, bool isRandomized, TimeProvider clock)
{
    public const string Loopback = "127.0.0.1";

    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(3);

    /// <exception cref="DistributedApplicationException">A port that was asked for is in use.</exception>
    public async Task AllocateAsync(IReadOnlyCollection<IResource> resources, CancellationToken cancellationToken)
    {
        var endpoints = resources.SelectMany(resource => resource.Annotations.OfType<EndpointAnnotation>().Select(endpoint => (resource, endpoint))).ToList();
        var wanted = endpoints.Where(pair => WantsFixed(pair.resource, pair.endpoint)).ToLookup(pair => pair.endpoint.Port!.Value);

        foreach (var (resource, endpoint) in endpoints)
        {
            var count = resource.ReplicaCount();
            var allocations = new List<AllocatedEndpoint>(count);

            for (var replica = 0; replica < count; replica++)
            {
                var port = WantsFixed(resource, endpoint)
                    ? await FixedAsync(resource, endpoint, [.. wanted[endpoint.Port!.Value]], cancellationToken)
                    : ports.TakeFree();
                allocations.Add(new(endpoint, Loopback, port));
            }

            endpoint.Allocations = allocations;
        }
    }

    /// <summary>Replicas share one endpoint but cannot share one port.</summary>
    private bool WantsFixed(IResource resource, EndpointAnnotation endpoint) =>
        endpoint.Port is not null && !isRandomized && resource.ReplicaCount() is 1;

    private async Task<int> FixedAsync(
        IResource resource, EndpointAnnotation endpoint, List<(IResource Resource, EndpointAnnotation Endpoint)> rivals, CancellationToken cancellationToken)
    {
        var port = endpoint.Port!.Value;

        if (endpoint.FromLaunchProfile)
        {
            // A project that runs twice under two names has one launch profile; nobody was promised its port.
            return rivals.Count is 1 && PortReservations.IsFree(port) ? port : ports.TakeFree();
        }

        if (rivals.FirstOrDefault(rival => !rival.Endpoint.FromLaunchProfile && !ReferenceEquals(rival.Endpoint, endpoint)) is { Resource: { } rival })
        {
            throw new DistributedApplicationException($"'{resource.Name}' and '{rival.Name}' both want port {port}; give one of them another.");
        }

        return await PortReservations.WaitUntilFreeAsync(port, s_patience, clock, cancellationToken)
            ? port
            : throw new DistributedApplicationException(
                $"Port {port}, which '{resource.Name}' listens on, is in use: end the program that has it (ss -ltnp 'sport = :{port}' names it), "
                + "or start with --DcpPublisher:RandomizePorts=true to take free ports.");
    }
}
