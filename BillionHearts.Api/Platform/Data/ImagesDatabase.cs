using BillionHearts.ServiceDefaults.Database;
using Microsoft.EntityFrameworkCore;

namespace BillionHearts.Api.Platform.Data;

internal static class ImagesDatabase
{
    public const string ConnectionName = "imagesdb";

    private const int MaxRetries = 2;

    private static readonly TimeSpan s_maxRetryDelay = TimeSpan.FromMilliseconds(200);

    public static void AddImagesDatabase(this IHostApplicationBuilder builder)
    {
        builder.AddNpgsqlDbContext<ImagesDbContext>(
            ConnectionName,
            settings => settings.ConnectionString = DatabaseLimits.FillIn(settings.ConnectionString),
            Configure);
        builder.RefuseSuperuser<ImagesDbContext>();
        builder.RequireSchema<ImagesDbContext>();
    }

    public static void Configure(DbContextOptionsBuilder options) => options
        .UseNpgsql(npgsql => npgsql.EnableRetryOnFailure(MaxRetries, s_maxRetryDelay, errorCodesToAdd: null))
        .UseSnakeCaseNamingConvention();
}
