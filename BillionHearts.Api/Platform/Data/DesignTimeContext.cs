using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Design;

namespace BillionHearts.Api.Platform.Data;

/// <summary>For <c>dotnet ef migrations add</c>, which needs the model but no server.</summary>
internal sealed class DesignTimeContext : IDesignTimeDbContextFactory<ImagesDbContext>
{
    public ImagesDbContext CreateDbContext(string[] args)
    {
        var options = new DbContextOptionsBuilder<ImagesDbContext>();
        ImagesDatabase.Configure(options);
        return new ImagesDbContext(options.Options);
    }
}
