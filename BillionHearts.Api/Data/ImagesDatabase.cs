using BillionHearts.ServiceDefaults;
using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace BillionHearts.Api.Data;

internal static class ImagesDatabase
{
    public const string ConnectionName = "imagesdb";

    /// <summary>Seconds: a statement that takes longer would keep its caller, and one of few connections, from better uses.</summary>
    private const int CommandTimeout = 5;

    private const int MaxRetries = 2;

    private static readonly TimeSpan s_maxRetryDelay = TimeSpan.FromMilliseconds(200);

    public static void AddImagesDatabase(this IHostApplicationBuilder builder) => builder.AddNpgsqlDbContext<ImagesDbContext>(
        ConnectionName,
        settings =>
        {
            settings.CommandTimeout ??= CommandTimeout;
            settings.ConnectionString = WithDefaults(settings.ConnectionString);
        },
        Configure);

    public static void Configure(DbContextOptionsBuilder options) => options
        .UseNpgsql(npgsql => npgsql.EnableRetryOnFailure(MaxRetries, s_maxRetryDelay, errorCodesToAdd: null))
        .UseSnakeCaseNamingConvention();

    /// <summary>Fills in what the connection string leaves open. Two replicas of 20 stay well within PostgreSQL's 100 connections.</summary>
    internal static string? WithDefaults(string? connectionString)
    {
        if (string.IsNullOrWhiteSpace(connectionString))
        {
            return connectionString;
        }

        var given = new System.Data.Common.DbConnectionStringBuilder { ConnectionString = connectionString };
        var builder = new NpgsqlConnectionStringBuilder(connectionString);

        Default("Maximum Pool Size", () => builder.MaxPoolSize = 20);
        Default("Max Auto Prepare", () => builder.MaxAutoPrepare = 20);
        Default("Timeout", () => builder.Timeout = 2);
        Default("Command Timeout", () => builder.CommandTimeout = CommandTimeout);
        Default("Keepalive", () => builder.KeepAlive = 30);
        Default("Options", () => builder.Options = "-c lock_timeout=2s -c idle_in_transaction_session_timeout=10s");

        return builder.ConnectionString;

        void Default(string keyword, Action set)
        {
            if (!given.ContainsKey(keyword))
            {
                set();
            }
        }
    }
}
