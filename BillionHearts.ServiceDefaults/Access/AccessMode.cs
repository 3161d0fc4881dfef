using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Hosting;

namespace BillionHearts.ServiceDefaults.Access;

/// <summary>Whether a request needs a token. By default not in Development, as in the original service's documentation.</summary>
public sealed record AccessMode(bool RequiresTokens)
{
    public const string Setting = "Auth:RequireTokens";

    /// <exception cref="InvalidOperationException">Tokens are switched off outside Development, or the setting is neither true nor false.</exception>
    public static AccessMode Read(IConfiguration configuration, IHostEnvironment environment)
    {
        var text = configuration[Setting];

        if (string.IsNullOrEmpty(text))
        {
            return new AccessMode(!environment.IsDevelopment());
        }

        if (!bool.TryParse(text, out var required))
        {
            throw new InvalidOperationException($"{Setting} must be true or false, not '{text}'.");
        }

        return required || environment.IsDevelopment()
            ? new AccessMode(required)
            : throw new InvalidOperationException(
                $"{Setting} is false in {environment.EnvironmentName}: anybody could read everybody's photos. Remove the setting, or set it to true; only Development may run without tokens.");
    }
}
