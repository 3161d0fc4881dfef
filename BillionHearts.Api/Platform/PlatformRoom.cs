using BillionHearts.Api.Platform.Data;
using BillionHearts.Api.Platform.Data.Batches;
using BillionHearts.Api.Platform.Http;
using BillionHearts.Api.Platform.Reference;
using BillionHearts.Api.Platform.Telemetry;
using BillionHearts.Api.Platform.Work;
using BillionHearts.ServiceDefaults;
using BillionHearts.ServiceDefaults.Work;
using BillionHearts.Storage;

namespace BillionHearts.Api.Platform;

/// <summary>The foundation of every other room: database, blob store, HTTP, input, errors, telemetry and the API reference. It depends on no other room.</summary>
internal static class PlatformRoom
{
    public static void AddPlatform(this WebApplicationBuilder builder)
    {
        builder.AddServiceDefaults();
        builder.AddImagesDatabase();
        builder.AddBlobStore("blobs");
        builder.AddHttp();

        builder.Services.AddSingleton<BatchDatabase>();
        builder.Services.AddSingleton<SafekeepingTelemetry>();
        builder.Services.AddSingleton<IntegrityAlarm>();
        builder.Services.AddRecurringJob<Retention>(_ => new RecurringSchedule(Retention.Period));
        builder.Services.AddApiReference();
    }

    public static void MapPlatform(this WebApplication app)
    {
        app.MapApiReference();
        app.MapDefaultEndpoints();
    }
}
