using System.Reflection;
using System.Xml.Linq;

namespace BillionHearts.Tests.Conventions;

/// <summary>Project rules that the compiler cannot check.</summary>
public sealed class ArchitectureTests
{
    private static readonly string s_root = Repository.Root;

    [Fact]
    public void The_analysis_service_has_no_database()
    {
        var references = Assembly.Load("BillionHearts.Analysis").GetReferencedAssemblies().Select(reference => reference.Name!).ToList();
        Assert.DoesNotContain(references, name => name.Contains("Npgsql", StringComparison.Ordinal) || name.Contains("EntityFramework", StringComparison.Ordinal));
    }

    [Fact]
    public void The_api_never_decodes_pixels()
    {
        var references = Assembly.Load("BillionHearts.Api").GetReferencedAssemblies().Select(reference => reference.Name!);
        Assert.DoesNotContain("NetVips", references);
    }

    [Fact]
    public void Contracts_have_no_packages_and_no_projects_behind_them()
    {
        var project = XDocument.Load(Path.Combine(s_root, "BillionHearts.Contracts", "BillionHearts.Contracts.csproj"));
        Assert.DoesNotContain(project.Descendants(), element => element.Name.LocalName is "PackageReference" or "ProjectReference");
    }

    [Theory]
    [InlineData("BillionHearts.Analysis")]
    [InlineData("BillionHearts.Api")]
    [InlineData("BillionHearts.Notifications")]
    [InlineData("BillionHearts.Web")]
    public void A_service_does_not_know_who_hosts_it(string service)
    {
        var references = Assembly.Load(service).GetReferencedAssemblies().Select(reference => reference.Name!);
        Assert.DoesNotContain(references, name => name.StartsWith("Aspire.Hosting", StringComparison.Ordinal) || name is "BillionHearts.Hosting");
    }

    [Fact]
    public void The_gallery_has_only_what_the_services_answer()
    {
        var references = Assembly.Load("BillionHearts.Web").GetReferencedAssemblies().Select(reference => reference.Name!).ToList();

        Assert.DoesNotContain(references, name => name.Contains("Npgsql", StringComparison.Ordinal) || name.Contains("RabbitMQ", StringComparison.Ordinal));
        Assert.Equal(["BillionHearts.ServiceDefaults"], references.Where(name => name.StartsWith("BillionHearts.", StringComparison.Ordinal)));
    }

    [Fact]
    public void Lock_files_carry_no_download_addresses()
    {
        var locks = Directory.EnumerateFiles(s_root, "package-lock.json", SearchOption.AllDirectories)
            .Where(file => !file.Contains("/node_modules/", StringComparison.Ordinal) && !file.Contains("/artifacts/", StringComparison.Ordinal))
            .ToList();

        Assert.NotEmpty(locks);
        Assert.All(locks, file => Assert.DoesNotContain("\"resolved\"", File.ReadAllText(file)));
    }
}
