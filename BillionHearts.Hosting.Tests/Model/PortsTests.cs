using System.Net;
using System.Net.Sockets;
using BillionHearts.Hosting.ApplicationModel;
using BillionHearts.Hosting.Ports;

namespace BillionHearts.Hosting.Tests.Model;

public sealed class PortsTests : IDisposable
{
    private readonly PortReservations _ports = new();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public void Free_ports_are_outside_the_range_of_outgoing_connections_and_all_different()
    {
        var taken = Enumerable.Range(0, 50).Select(_ => _ports.TakeFree()).ToList();

        Assert.All(taken, port => Assert.InRange(port, 20000, 31999));
        Assert.Equal(50, taken.Distinct().Count());
        Assert.All(taken, port => Assert.True(PortReservations.IsFree(port)));
    }

    [Fact]
    public async Task A_port_that_was_asked_for_is_kept_except_where_all_are_to_be_free()
    {
        var port = _ports.TakeFree();
        var gateway = Container("gateway", port);

        await Allocator().AllocateAsync([gateway], Cancel);
        Assert.Equal(port, PortOf(gateway));

        await Allocator(isRandomized: true).AllocateAsync([gateway], Cancel);
        Assert.NotEqual(port, PortOf(gateway));
    }

    [Fact]
    public async Task A_port_in_use_is_refused_with_resource_port_and_way_out()
    {
        using var squatter = new TcpListener(IPAddress.Loopback, 0);
        squatter.Start();
        var port = ((IPEndPoint)squatter.LocalEndpoint).Port;

        var refused = await Assert.ThrowsAsync<DistributedApplicationException>(() => Allocator().AllocateAsync([Container("gateway", port)], Cancel));
        Assert.StartsWith($"Port {port}, which 'gateway' listens on, is in use", refused.Message, StringComparison.Ordinal);
        Assert.Contains("--DcpPublisher:RandomizePorts=true", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Two_resources_that_ask_for_one_port_are_both_named()
    {
        var port = _ports.TakeFree();

        var refused = await Assert.ThrowsAsync<DistributedApplicationException>(
            () => Allocator().AllocateAsync([Container("gateway", port), Container("proxy", port)], Cancel));
        Assert.Contains("'gateway' and 'proxy'", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_launch_profiles_port_is_used_by_a_single_process_and_by_none_of_several()
    {
        var port = _ports.TakeFree();
        var (alone, replicated) = (Project("alone", port), Project("replicated", port));
        replicated.Annotations.Add(new ReplicaAnnotation(2));

        await Allocator().AllocateAsync([alone, replicated], Cancel);
        Assert.Equal(port, PortOf(alone));
        Assert.DoesNotContain(replicated.Annotations.OfType<EndpointAnnotation>().Single().Allocations, allocation => allocation.Port == port);

        var twin = Project("twin", port);
        await Allocator().AllocateAsync([alone, twin], Cancel);
        Assert.DoesNotContain(port, new[] { PortOf(alone), PortOf(twin) });
    }

    public void Dispose() => _ports.Dispose();

    private static int PortOf(IResource resource) => resource.Annotations.OfType<EndpointAnnotation>().Single().AllocatedEndpoint!.Port;

    private static ContainerResource Container(string name, int port)
    {
        var container = new ContainerResource(name);
        container.Annotations.Add(new EndpointAnnotation(ProtocolType.Tcp, "http", port: port));
        return container;
    }

    private static ProjectResource Project(string name, int port)
    {
        var project = new ProjectResource(name);
        project.Annotations.Add(new EndpointAnnotation(ProtocolType.Tcp, "http", port: port) { FromLaunchProfile = true });
        return project;
    }

    private EndpointAllocator Allocator(bool isRandomized = false) => new(_ports, isRandomized, TimeProvider.System);
}
