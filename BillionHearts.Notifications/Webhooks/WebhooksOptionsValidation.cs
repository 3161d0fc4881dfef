using System.Net;
using BillionHearts.Notifications.Webhooks.Secrets;
using Microsoft.Extensions.Options;

namespace BillionHearts.Notifications.Webhooks;

/// <summary>Refuses to start where webhooks would protect nothing.</summary>
internal sealed class WebhooksOptionsValidation(IHostEnvironment environment) : IValidateOptions<WebhooksOptions>
{
    public ValidateOptionsResult Validate(string? name, WebhooksOptions options)
    {
        List<string> faults = [];

        if (options.AllowLoopback && !environment.IsDevelopment())
        {
            faults.Add(
                $"{Setting(nameof(options.AllowLoopback))} is true in {environment.EnvironmentName}: anybody could reach this machine's own services. "
                + "Remove the setting; only Development may have it.");
        }

        if (string.IsNullOrEmpty(options.SecretKey))
        {
            if (!environment.IsDevelopment())
            {
                faults.Add($"{Setting(nameof(options.SecretKey))} is required in {environment.EnvironmentName}: 32 random bytes in base64, such as `openssl rand -base64 32` prints.");
            }
        }
        else
        {
            CheckKey(Setting(nameof(options.SecretKey)), options.SecretKey);
        }

        foreach (var (index, key) in options.PreviousSecretKeys.Index())
        {
            CheckKey($"{Setting(nameof(options.PreviousSecretKeys))}:{index}", key);
        }

        foreach (var (index, network) in options.RefusedNetworks.Index())
        {
            if (!IPNetwork.TryParse(network, out _))
            {
                faults.Add($"{Setting(nameof(options.RefusedNetworks))}:{index} must be a network such as 203.0.113.0/24, not '{network}'.");
            }
        }

        return faults.Count is 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(faults);

        void CheckKey(string setting, string key)
        {
            if (SecretVault.TryParseKey(key) is null)
            {
                faults.Add($"{setting} must be {SecretVault.KeyBytes} bytes in base64. It has {key.Length} characters.");
            }
        }
    }

    private static string Setting(string name) => $"{WebhooksOptions.SectionName}:{name}";
}
