using BillionHearts.Analysis.Renditions;
using BillionHearts.Analysis.Trials;
using BillionHearts.ServiceDefaults;
using BillionHearts.Storage;

namespace BillionHearts.Analysis;

/// <summary>Builds the whole service, so that tests run the same code as <c>Program</c>.</summary>
internal static class AnalysisApplication
{
    public static WebApplication Build(WebApplicationBuilder builder)
    {
        builder.AddServiceDefaults();
        builder.AddRabbitMQClient("messaging");
        builder.AddBlobStore("blobs");
        builder.AddAnalysis();
        builder.Services.AddRenditions();
        builder.Services.AddTrials();

        var app = builder.Build();

        app.MapDefaultEndpoints();
        app.MapRenditions();
        app.MapTrials();

        return app;
    }
}
