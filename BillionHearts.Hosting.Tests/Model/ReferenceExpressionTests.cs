using System.Net.Sockets;
using BillionHearts.Hosting.ApplicationModel;

namespace BillionHearts.Hosting.Tests.Model;

public sealed class ReferenceExpressionTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Holes_are_filled_with_the_values_of_their_providers()
    {
        var password = new ParameterResource("password", () => "p w", secret: true);
        var expression = ReferenceExpression.Create($"amqp://{"guest"}:{password:uri}@host");

        Assert.Equal("amqp://guest:p%20w@host", await expression.GetValueAsync(Cancel));
        Assert.Equal("amqp://guest:{password.value}@host", expression.ValueExpression);
    }

    [Fact]
    public async Task Braces_in_the_text_and_in_values_stay_braces()
    {
        var value = new ParameterResource("value", () => "{1}", secret: false);
        var expression = ReferenceExpression.Create($"{{0}} {"{x}"} {value}");

        Assert.Equal("{0} {x} {1}", await expression.GetValueAsync(Cancel));
    }

    [Fact]
    public async Task An_expression_inside_another_is_resolved_with_it()
    {
        var inner = ReferenceExpression.Create($"{new ParameterResource("a", () => "1", secret: false)}");

        Assert.Equal("x=1;y", await ReferenceExpression.Create($"x={inner};y").GetValueAsync(Cancel));
    }

    [Fact]
    public async Task An_unknown_format_is_refused_with_its_name()
    {
        var parameter = new ParameterResource("a", () => "1", secret: false);

        var refused = await Assert.ThrowsAsync<FormatException>(async () => await ReferenceExpression.Create($"{parameter:x}").GetValueAsync(Cancel));
        Assert.Contains("'x'", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_replica_sees_its_own_port_a_container_every_one_and_all_others_the_first()
    {
        var api = new ProjectResource("api");
        var endpoint = new EndpointAnnotation(ProtocolType.Tcp, "http");
        endpoint.Allocations = [new(endpoint, "127.0.0.1", 1001), new(endpoint, "127.0.0.1", 1002)];
        api.Annotations.Add(endpoint);
        var address = new EndpointReference(api, "http").Property(EndpointProperty.HostAndPort);

        Assert.Equal("127.0.0.1:1002", await address.GetValueAsync(new ValueProviderContext { Caller = api, Replica = 1 }, Cancel));
        Assert.Equal(["127.0.0.1:1001", "127.0.0.1:1002"], address.GetValues(new() { Caller = new ContainerResource("gateway") }));
        Assert.Equal(["127.0.0.1:1001"], address.GetValues(new() { Caller = new ProjectResource("other") }));
    }

    [Fact]
    public void A_missing_endpoint_is_named_together_with_those_there_are()
    {
        var api = new ProjectResource("api");
        api.Annotations.Add(new EndpointAnnotation(ProtocolType.Tcp, "http"));

        var missing = Assert.Throws<DistributedApplicationException>(() => new EndpointReference(api, "grpc").Url);
        Assert.Equal("The resource 'api' has no endpoint 'grpc'; it has 'http'.", missing.Message);
    }
}
