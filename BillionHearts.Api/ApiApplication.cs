using BillionHearts.Api.Access;
using BillionHearts.Api.Audit;
using BillionHearts.Api.Data;
using BillionHearts.Api.Edge;
using BillionHearts.Api.Export;
using BillionHearts.Api.Http;
using BillionHearts.Api.Images;
using BillionHearts.Api.Keys;
using BillionHearts.Api.Listing;
using BillionHearts.Api.Media;
using BillionHearts.Api.Operators;
using BillionHearts.Api.Outbox;
using BillionHearts.Api.RateLimits;
using BillionHearts.Api.Receipts;
using BillionHearts.Api.Reference;
using BillionHearts.Api.Removal;
using BillionHearts.Api.Renditions;
using BillionHearts.Api.Results;
using BillionHearts.Api.Resumable;
using BillionHearts.Api.Shares;
using BillionHearts.Api.SignIn;
using BillionHearts.Api.Telemetry;
using BillionHearts.Api.Users;
using BillionHearts.ServiceDefaults;
using BillionHearts.Storage;

namespace BillionHearts.Api;

/// <summary>The whole service, so that a test runs the same as <c>Program</c> does.</summary>
internal static class ApiApplication
{
    public static WebApplication Build(WebApplicationBuilder builder)
    {
        builder.AddServiceDefaults();
        builder.AddImagesDatabase();
        builder.AddAccess();
        builder.AddBlobStore("blobs");
        builder.AddOutbox();
        builder.Services.AddTelemetry();
        builder.Services.AddResults();
        builder.Services.AddImages();
        builder.Services.AddResumable();
        builder.Services.AddListing();
        builder.Services.AddExport();
        builder.Services.AddMedia();
        builder.Services.AddRenditions();
        builder.Services.AddEdge();
        builder.Services.AddReceipts();
        builder.Services.AddRemoval();
        builder.Services.AddUsers();
        builder.Services.AddSignIn();
        builder.Services.AddKeys();
        builder.Services.AddShares();
        builder.Services.AddAudit();
        builder.Services.AddOperators();
        builder.Services.AddApiReference();
        builder.Services.AddRateLimits();
        builder.AddHttp();

        var app = builder.Build();

        app.UseHttp();
        app.MapUsers();
        app.MapSignIn();
        app.MapKeys();
        app.MapShares();
        app.MapAudit();
        app.MapOperators();
        app.MapImages();
        app.MapContent();
        app.MapResumable();
        app.MapListing();
        app.MapExport();
        app.MapMedia();
        app.MapRenditions();
        app.MapReceipts();
        app.MapApiReference();
        app.MapDefaultEndpoints();

        return app;
    }
}
