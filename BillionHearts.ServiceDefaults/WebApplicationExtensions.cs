using BillionHearts.ServiceDefaults.Health;
using Microsoft.AspNetCore.Builder;

namespace BillionHearts.ServiceDefaults;

public static class WebApplicationExtensions
{
    /// <summary>Maps <c>/health</c> and <c>/alive</c>.</summary>
    public static WebApplication MapDefaultEndpoints(this WebApplication app)
    {
        HealthEndpoints.MapHealth(app);

        return app;
    }
}
