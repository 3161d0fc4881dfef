using BillionHearts.Storage;
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
    public void A_connection_string_that_is_missing_or_wrong_is_named_and_not_shown(string? connectionString)
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
    public async Task A_setting_out_of_its_range_stops_the_start_and_is_named(string setting, string value)
    {
        using var host = Host("UseDevelopmentStorage=true", ($"BlobStore:{setting}", value));

        var exception = await Assert.ThrowsAsync<OptionsValidationException>(() => host.StartAsync(Cancel));

        Assert.Contains(setting, exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_health_check_makes_the_container_and_tells_up_from_down()
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
