using Azure.Core;
using Azure.Storage.Blobs;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace BillionHearts.Storage;

public static class BlobStoreRegistration
{
    /// <summary>
    /// Registers <see cref="IBlobStore"/> on the account of the connection string <paramref name="connectionName"/>, with
    /// a health check of the same name and traces of each request.
    /// </summary>
    public static TBuilder AddBlobStore<TBuilder>(this TBuilder builder, string connectionName)
        where TBuilder : IHostApplicationBuilder
    {
        // Azure's clients make activities only when asked to by this switch, read once when the first of them is built.
        AppContext.SetSwitch("Azure.Experimental.EnableActivitySource", true);

        builder.Services.AddOptions<BlobStoreOptions>()
            .BindConfiguration(BlobStoreOptions.SectionName)
            .ValidateDataAnnotations()
            .ValidateOnStart();

        var account = Account(builder.Configuration, connectionName);

        builder.Services.AddSingleton(provider => Container(account, connectionName, provider.GetRequiredService<IOptions<BlobStoreOptions>>().Value));
        builder.Services.AddSingleton<IBlobStore, AzureBlobStore>();
        builder.Services.AddHealthChecks().AddCheck<BlobStoreHealthCheck>(connectionName);
        // Its operations, and not its requests (Azure.Core.Http): those are traced by HttpClient, once is enough.
        builder.Services.AddOpenTelemetry().WithTracing(tracing => tracing.AddSource("Azure.Storage.*"));

        return builder;
    }

    internal static BlobContainerClient Container(string connectionString, string connectionName, BlobStoreOptions options)
    {
        // A version that Azurite 3.37 knows, so that it need not be told to skip its check.
        var client = new BlobClientOptions(BlobClientOptions.ServiceVersion.V2026_06_06)
        {
            Retry =
            {
                Mode = RetryMode.Exponential,
                MaxRetries = options.Retries,
                Delay = TimeSpan.FromMilliseconds(100),
                MaxDelay = TimeSpan.FromSeconds(1),
                NetworkTimeout = options.AttemptTimeout,
            },
        };

        try
        {
            return new BlobContainerClient(connectionString, options.Container, client);
        }
        catch (Exception exception) when (exception is FormatException or ArgumentException)
        {
            // The cause is left out: it quotes the string, and the string holds the account's key.
            throw new InvalidOperationException(Invalid(connectionName));
        }
    }

    private static string Account(IConfiguration configuration, string connectionName) =>
        configuration.GetConnectionString(connectionName) is { Length: > 0 } account
            ? account
            : throw new InvalidOperationException(Invalid(connectionName));

    private static string Invalid(string connectionName) =>
        $"ConnectionStrings:{connectionName} is missing or not a storage account's connection string, such as " +
        "'DefaultEndpointsProtocol=https;AccountName=…;AccountKey=…;BlobEndpoint=…'.";
}
