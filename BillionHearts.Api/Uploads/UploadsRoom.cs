using BillionHearts.Api.Platform.Work;
using BillionHearts.Api.Uploads.Admission;
using BillionHearts.Api.Uploads.Commit;
using BillionHearts.Api.Uploads.Content;
using BillionHearts.Api.Uploads.Direct;
using BillionHearts.Api.Uploads.Form;
using BillionHearts.Api.Uploads.Intake;
using BillionHearts.Api.Uploads.Readiness;
using BillionHearts.Api.Uploads.Receipts;
using BillionHearts.Api.Uploads.Resumable;
using BillionHearts.ServiceDefaults.Work;
using Microsoft.EntityFrameworkCore;

namespace BillionHearts.Api.Uploads;

/// <summary>All kinds of upload, from the first byte to the single commit, and receipts for stored images.</summary>
internal static class UploadsRoom
{
    /// <summary>How long a client can repeat a request with the same key.</summary>
    private static readonly TimeSpan s_idempotencyRetention = TimeSpan.FromHours(24);

    public static void AddUploads(this WebApplicationBuilder builder)
    {
        var services = builder.Services;
        services.AddSingleton<UploadTelemetry>();

        services.AddSingleton<ByteBudget>();
        services.AddScoped<UserQuota>();
        services.AddScoped<UploadAdmission>();

        services.AddScoped<UncommittedBlobs>();
        services.AddScoped<ContentIntake>();
        services.AddScoped<ContentCommits>();
        services.AddScoped<FormUpload>();
        services.AddScoped<ContentUpload>();
        services.AddScoped<DirectUpload>();
        services.AddScoped<Announcements>();
        services.AddSingleton<NewAnnouncements>();
        services.AddSingleton(new RetentionRule("idempotency_records", (db, limit, cancel) => db.Database.ExecuteSqlAsync(
            $"""
            DELETE FROM idempotency_records WHERE (user_id, route, key) IN
                (SELECT user_id, route, key FROM idempotency_records WHERE created_at < now() - {s_idempotencyRetention} LIMIT {limit})
            """,
            cancel)));

        AddResumable(services);
        AddReceipts(services);
        AddWarmUp(services);
    }

    public static void MapUploads(this WebApplication app)
    {
        app.MapUpload();
        app.MapContent();
        app.MapResumable();
        app.MapReceipts();
    }

    private static void AddResumable(IServiceCollection services)
    {
        services.AddOptions<ResumableOptions>().BindConfiguration(ResumableOptions.SectionName).ValidateDataAnnotations().ValidateOnStart();
        services.AddScoped<ResumableStore>();
        services.AddScoped<PartBlobs>();
        services.AddScoped<PieceIntake>();
        services.AddScoped<ResumableCompletion>();
        services.AddScoped<UploadCreation>();
        services.AddRecurringJob<ResumableExpiry>(_ => new RecurringSchedule(ResumableExpiry.Period));
    }

    private static void AddWarmUp(IServiceCollection services)
    {
        services.AddOptions<WarmUpOptions>().BindConfiguration(WarmUpOptions.SectionName).ValidateDataAnnotations().ValidateOnStart();
        services.AddSingleton<WarmUp>();
        services.AddHostedService(provider => provider.GetRequiredService<WarmUp>());
        services.AddHealthChecks().AddCheck<WarmUp>("warm-up");
    }

    private static void AddReceipts(IServiceCollection services)
    {
        services.AddOptions<ReceiptOptions>().BindConfiguration(ReceiptOptions.SectionName).ValidateDataAnnotations().ValidateOnStart();
        services.AddSingleton<ReceiptKeys>();
        services.AddSingleton<ReceiptSigner>();
        services.AddScoped<ReceiptIssuer>();
        services.AddScoped<KnownContents>();
    }
}
