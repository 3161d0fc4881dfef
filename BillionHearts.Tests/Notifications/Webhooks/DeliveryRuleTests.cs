using System.Security.Cryptography;
using BillionHearts.Notifications.Webhooks;
using BillionHearts.Notifications.Webhooks.Deliveries;
using BillionHearts.Notifications.Webhooks.Secrets;
using BillionHearts.Notifications.Webhooks.Sending;
using Microsoft.Extensions.FileProviders;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace BillionHearts.Tests.Notifications.Webhooks;

/// <summary>Schedule, shares, encryption and settings: without a server.</summary>
public sealed class DeliveryRuleTests
{
    private static readonly string s_key = Convert.ToBase64String(RandomNumberGenerator.GetBytes(32));

    [Fact]
    public void Attempts_are_spread_over_24_hours() =>
        Assert.Equal(TimeSpan.FromHours(24), RetrySchedule.Delays.Aggregate((sum, delay) => sum + delay));

    [Fact]
    public void Each_delay_is_at_most_a_fifth_shorter_or_longer()
    {
        foreach (var (index, delay) in RetrySchedule.Delays.Index())
        {
            Assert.Equal(delay.TotalSeconds * 0.8, RetrySchedule.DelayAfter(index + 1, null, 0)!.Value.TotalSeconds, precision: 3);
            Assert.Equal(delay.TotalSeconds * 1.2, RetrySchedule.DelayAfter(index + 1, null, 1)!.Value.TotalSeconds, precision: 3);
        }

        Assert.Null(RetrySchedule.DelayAfter(RetrySchedule.Delays.Count + 1, null, 0.5));
    }

    [Theory]
    [InlineData(1, 60, 60)]
    [InlineData(1, 1, 5)]
    [InlineData(1, 10_000_000, 86_400)]
    public void A_pause_that_the_receiver_asks_for_counts_up_to_a_day(int tries, int asked, int expected) =>
        Assert.Equal(TimeSpan.FromSeconds(expected), RetrySchedule.DelayAfter(tries, TimeSpan.FromSeconds(asked), 0.5));

    [Theory]
    [InlineData(0, 1)]
    [InlineData(60, 15)]
    [InlineData(86_400, 300)]
    public void A_failing_webhook_rests_for_a_quarter_of_the_time_that_it_has_failed(int failing, int expected) =>
        Assert.Equal(TimeSpan.FromSeconds(expected), RetrySchedule.PauseAfter(TimeSpan.FromSeconds(failing), null));

    [Theory]
    [InlineData(256, 8)]
    [InlineData(32, 4)]
    [InlineData(1, 1)]
    public void One_webhook_gets_an_eighth_of_the_free_attempts_and_at_most_8(int free, int expected) => Assert.Equal(expected, DeliverySlots.Share(free, 8));

    [Fact]
    public void A_secret_is_stored_encrypted_and_readable_for_its_owner_alone()
    {
        var (vault, secret) = (new SecretVault(Options.Create(new WebhooksOptions { SecretKey = s_key })), SigningSecret.New());
        var stored = vault.Seal(userId: 7, secret);

        Assert.Equal(secret, vault.Open(userId: 7, stored));
        Assert.True(stored.AsSpan().IndexOf(secret) < 0);
        Assert.ThrowsAny<CryptographicException>(() => vault.Open(userId: 8, stored));
    }

    [Fact]
    public void Secrets_stay_readable_while_the_key_that_encrypted_them_is_a_previous_one()
    {
        var (old, secret) = (new SecretVault(Options.Create(new WebhooksOptions { SecretKey = s_key })), SigningSecret.New());
        var newKey = Convert.ToBase64String(RandomNumberGenerator.GetBytes(32));
        var stored = old.Seal(userId: 7, secret);

        Assert.Equal(secret, new SecretVault(Options.Create(new WebhooksOptions { SecretKey = newKey, PreviousSecretKeys = [s_key] })).Open(7, stored));
        Assert.ThrowsAny<CryptographicException>(() => new SecretVault(Options.Create(new WebhooksOptions { SecretKey = newKey })).Open(7, stored));
    }

    [Fact]
    public void Outside_Development_a_key_is_required_and_loopback_is_refused()
    {
        Assert.Contains("Webhooks:SecretKey is required in Production", Faults("Production", new WebhooksOptions()), StringComparison.Ordinal);
        Assert.Contains("Webhooks:AllowLoopback is true in Production", Faults("Production", new WebhooksOptions { SecretKey = s_key, AllowLoopback = true }), StringComparison.Ordinal);
        Assert.Contains("Webhooks:SecretKey must be 32 bytes", Faults("Development", new WebhooksOptions { SecretKey = "short" }), StringComparison.Ordinal);
        Assert.Contains("Webhooks:RefusedNetworks:0", Faults("Development", new WebhooksOptions { RefusedNetworks = ["10.0.0.0/99"] }), StringComparison.Ordinal);
        Assert.Equal("", Faults("Production", new WebhooksOptions { SecretKey = s_key }));
        Assert.Equal("", Faults("Development", new WebhooksOptions { AllowLoopback = true }));
    }

    private static string Faults(string environment, WebhooksOptions options) =>
        new WebhooksOptionsValidation(new TestEnvironment(environment)).Validate(null, options).FailureMessage ?? "";

    private sealed class TestEnvironment(string name) : IHostEnvironment
    {
        public string EnvironmentName { get; set; } = name;

        public string ApplicationName { get; set; } = "test";

        public string ContentRootPath { get; set; } = "/";

        public IFileProvider ContentRootFileProvider { get; set; } = new NullFileProvider();
    }
}
