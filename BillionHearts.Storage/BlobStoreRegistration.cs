using BillionHearts.Storage.AzureBlobs;
using BillionHearts.Storage.Files;
using BillionHearts.Storage.S3;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace BillionHearts.Storage;

public static class BlobStoreRegistration
{
    /// <summary>
    /// Registers the <see cref="IBlobStore"/> that <c>BlobStore:Provider</c> names, with a health check called
    /// <paramref name="connectionName"/> and traces of each request.
    /// </summary>
    /// <param name="connectionName">The connection string of the account, for the provider <c>azure</c>.</param>
    public static TBuilder AddBlobStore<TBuilder>(this TBuilder builder, string connectionName)
        where TBuilder : IHostApplicationBuilder
    {
        AddOptions<BlobStoreOptions>(builder.Services, BlobStoreOptions.SectionName);
        builder.Services.TryAddSingleton(TimeProvider.System);
        builder.Services.AddHealthChecks().AddCheck<BlobStoreHealthCheck>(connectionName);

        switch (Provider(builder.Configuration))
        {
            case BlobStoreProvider.S3:
                AddS3(builder.Services);
                break;
            case BlobStoreProvider.Files:
                AddFiles(builder.Services);
                break;
            default:
                AddAzure(builder.Services, builder.Configuration, connectionName);
                break;
        }

        return builder;
    }

    private static void AddAzure(IServiceCollection services, IConfiguration configuration, string connectionName)
    {
        // Azure's clients create activities only if this switch is on; it is read once, when the first client is built.
        AppContext.SetSwitch("Azure.Experimental.EnableActivitySource", true);

        var account = configuration.GetConnectionString(connectionName) is { Length: > 0 } given ? given : throw AzureContainer.Invalid(connectionName);

        services.AddSingleton(provider => AzureContainer.Open(account, connectionName, provider.GetRequiredService<IOptions<BlobStoreOptions>>().Value));
        services.AddSingleton<IBlobStore, AzureBlobStore>();
        // Operations only, not requests (Azure.Core.Http): those are already traced by HttpClient.
        services.AddOpenTelemetry().WithTracing(tracing => tracing.AddSource("Azure.Storage.*"));
    }

    private static void AddS3(IServiceCollection services)
    {
        AddOptions<S3BlobStoreOptions>(services, S3BlobStoreOptions.SectionName);
        services.AddSingleton(provider => S3Connection.Open(
            provider.GetRequiredService<IOptions<BlobStoreOptions>>().Value, provider.GetRequiredService<IOptions<S3BlobStoreOptions>>().Value));
        services.AddSingleton<S3Calls>();
        services.AddSingleton<IBlobStore, S3BlobStore>();
    }

    private static void AddFiles(IServiceCollection services)
    {
        AddOptions<FileBlobStoreOptions>(services, FileBlobStoreOptions.SectionName);
        services.AddSingleton<BlobFolder>();
        services.AddSingleton<FileCalls>();
        services.AddSingleton<IBlobStore, FileBlobStore>();
        services.AddHostedService<LeftOvers>();
        services.AddOpenTelemetry().WithTracing(tracing => tracing.AddSource(FileCalls.ActivitySourceName));
    }

    private static void AddOptions<T>(IServiceCollection services, string section)
        where T : class =>
        services.AddOptions<T>().BindConfiguration(section).ValidateDataAnnotations().ValidateOnStart();

    private static BlobStoreProvider Provider(IConfiguration configuration)
    {
        const string setting = $"{BlobStoreOptions.SectionName}:{nameof(BlobStoreOptions.Provider)}";
        var name = configuration[setting];

        // By name: Enum.Parse would also accept numbers and lists.
        return name?.ToUpperInvariant() switch
        {
            null or "" or "AZURE" => BlobStoreProvider.Azure,
            "S3" => BlobStoreProvider.S3,
            "FILES" => BlobStoreProvider.Files,
            _ => throw new InvalidOperationException($"{setting} must be 'azure', 's3' or 'files', not '{name}'."),
        };
    }
}
