using BillionHearts.Hosting.ApplicationModel;
using BillionHearts.Hosting.Testing;

namespace BillionHearts.Hosting.Tests.Model;

public sealed class NamesTests
{
    [Theory]
    [InlineData("a")]
    [InlineData("catalog-api2")]
    public void Names_that_are_host_names_are_taken(string name)
    {
        using var builder = DistributedApplicationTestingBuilder.Create();

        Assert.Equal(name, builder.AddParameter(name, "x").Resource.Name);
    }

    [Theory]
    [InlineData("")]
    [InlineData("1a")]
    [InlineData("a--b")]
    [InlineData("a-")]
    [InlineData("a_b")]
    [InlineData("ä")]
    [InlineData("a\n")]
    [InlineData("a123456789012345678901234567890123456789012345678901234567890123x")]
    public void Names_that_are_not_are_refused(string name)
    {
        using var builder = DistributedApplicationTestingBuilder.Create();

        var refused = Assert.Throws<DistributedApplicationException>(() => builder.AddParameter(name, "x"));
        Assert.StartsWith($"'{name}' cannot be the name of a resource", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_name_is_given_once_whatever_its_case()
    {
        using var builder = DistributedApplicationTestingBuilder.Create();
        builder.AddContainer("gateway", "nginx");

        var refused = Assert.Throws<DistributedApplicationException>(() => builder.AddParameter("Gateway"));
        Assert.Contains("'gateway'", refused.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("nginx", null, "nginx", "latest")]
    [InlineData("azure-storage/azurite:3.37.0", null, "azure-storage/azurite", "3.37.0")]
    [InlineData("mcr.microsoft.com/azure-storage/azurite:3", "mcr.microsoft.com", "azure-storage/azurite", "3")]
    [InlineData("localhost:5000/nginx", "localhost:5000", "nginx", "latest")]
    public void An_image_is_taken_apart_as_a_container_engine_would(string image, string? registry, string repository, string tag)
    {
        using var builder = DistributedApplicationTestingBuilder.Create();

        var annotation = builder.AddContainer("it", image).Resource.Annotations.OfType<ContainerImageAnnotation>().Single();

        Assert.Equal((registry, repository, tag), (annotation.Registry, annotation.Image, annotation.Tag));
    }
}
