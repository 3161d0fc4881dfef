using BillionHearts.Storage;
using BillionHearts.Storage.AzureBlobs;
using BillionHearts.Storage.Files;
using BillionHearts.Storage.S3;
using BillionHearts.Tests.Distributed;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace BillionHearts.Tests.Storage;

public sealed class BlobStoreRegistrationTests(AppHostFixture app)
{
    private const string Key = "bm90IGEgcmVhbCBrZXk=";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData($"AccountKey={Key}")]
    [InlineData($"nonsense {Key}")]
    public void A_missing_or_invalid_connection_string_is_named_but_not_shown(string? connectionString)
    {
        var exception = Assert.Throws<InvalidOperationException>(() => Host(connectionString).Services.GetRequiredService<IBlobStore>());

        Assert.Contains("ConnectionStrings:blobs", exception.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(Key, exception.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Container", "Ab")]
    [InlineData("Container", "a--b")]
    [InlineData("Retries", "3")]
    [InlineData("BlockSize", "1")]
    [InlineData("AttemptTimeout", "00:00:00")]
    [InlineData("Timeout", "00:00:01")]
    public async Task A_setting_out_of_range_stops_the_start_and_is_named(string setting, string value)
    {
        using var host = Host("UseDevelopmentStorage=true", ($"BlobStore:{setting}", value));

        var exception = await Assert.ThrowsAsync<OptionsValidationException>(() => host.StartAsync(Cancel));

        Assert.Contains(setting, exception.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("s3", "S3:Region", "", "BlobStore:S3:ServiceUrl")]
    [InlineData("s3", "S3:ServiceUrl", "ftp://s3", "BlobStore:S3:ServiceUrl")]
    [InlineData("s3", "S3:SecretKey", "secret", "BlobStore:S3:AccessKey")]
    [InlineData("s3", "S3:PartSize", "1000", "PartSize")]
    [InlineData("files", "Files:Path", "", "BlobStore:Files:Path")]
    [InlineData("files", "Files:Path", "blobs", "BlobStore:Files:Path")]
    [InlineData("files", "Files:MinimumFree", "-1", "MinimumFree")]
    [InlineData("files", "Files:LeftOverAfter", "00:00:01", "LeftOverAfter")]
    public async Task A_missing_or_invalid_setting_of_a_provider_stops_the_start_and_is_named(string provider, string setting, string value, string named)
    {
        using var host = Host(null, ("BlobStore:Provider", provider), ($"BlobStore:{setting}", value));

        var exception = await Assert.ThrowsAsync<OptionsValidationException>(() => host.StartAsync(Cancel));

        Assert.Contains(named, exception.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", exception.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("floppy")]
    [InlineData("1")]
    [InlineData("s3,files")]
    public void An_unknown_provider_is_named_together_with_the_known_ones(string provider)
    {
        var exception = Assert.Throws<InvalidOperationException>(() => Host(null, ("BlobStore:Provider", provider)));

        Assert.Equal($"BlobStore:Provider must be 'azure', 's3' or 'files', not '{provider}'.", exception.Message);
    }

    [Theory]
    [InlineData("azure", nameof(AzureBlobStore))]
    [InlineData("S3", nameof(S3BlobStore))]
    [InlineData("Files", nameof(FileBlobStore))]
    public void One_setting_chooses_the_store_and_only_azure_needs_a_connection_string(string provider, string store)
    {
        using var host = Host(provider is "azure" ? "UseDevelopmentStorage=true" : null, ("BlobStore:Provider", provider), ("BlobStore:S3:Region", "eu-north-1"), ("BlobStore:Files:Path", "/blobs"));

        Assert.Equal(store, host.Services.GetRequiredService<IBlobStore>().GetType().Name);
    }

    [Fact]
    public async Task The_file_stores_health_check_notices_a_volume_that_is_not_mounted()
    {
        using var folder = new FileStoreFolder();
        using var without = Host(null, ("BlobStore:Provider", "files"), ("BlobStore:Files:Path", folder.Path));
        using var with = Host(null, ("BlobStore:Provider", "files"), ("BlobStore:Files:Path", folder.Path), ("BlobStore:Files:Initialize", "true"));

        Assert.Equal(HealthStatus.Unhealthy, await StatusAsync(without));
        Assert.Equal(HealthStatus.Healthy, await StatusAsync(with));
        Assert.Equal(HealthStatus.Healthy, await StatusAsync(without));
    }

    [Fact]
    public async Task The_health_check_creates_the_container_and_reports_whether_the_store_is_up()
    {
        using var up = Host(await AzureBlobStoreTests.ConnectionStringAsync(app), ("BlobStore:Container", $"test-{Guid.NewGuid():n}"));
        using var down = Host(
            $"DefaultEndpointsProtocol=http;AccountName=x;AccountKey={Key};BlobEndpoint=http://127.0.0.1:9/x;",
            ("BlobStore:Retries", "0"));

        Assert.Equal(HealthStatus.Healthy, await StatusAsync(up));
        Assert.Equal(HealthStatus.Unhealthy, await StatusAsync(down));
    }

    private static async Task<HealthStatus> StatusAsync(IHost host)
    {
        var report = await host.Services.GetRequiredService<HealthCheckService>().CheckHealthAsync(Cancel);
        return report.Entries["blobs"].Status;
    }

    private static IHost Host(string? connectionString, params (string Key, string Value)[] settings)
    {
        var builder = Microsoft.Extensions.Hosting.Host.CreateEmptyApplicationBuilder(null);
        builder.Configuration["ConnectionStrings:blobs"] = connectionString;
        foreach (var (key, value) in settings)
        {
            builder.Configuration[key] = value;
        }

        builder.AddBlobStore("blobs");
        return builder.Build();
    }
}
