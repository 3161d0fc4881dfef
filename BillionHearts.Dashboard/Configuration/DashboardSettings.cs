using System.Security.Cryptography;

namespace BillionHearts.Dashboard.Configuration;

/// <summary>
/// What the dashboard is told at its start, under the names that Aspire's standalone dashboard reads. Read by hand, not bound:
/// most of them are single variables with older names beside them.
/// </summary>
internal sealed record DashboardSettings
{
    private static readonly string[] s_apiKeys = ["Dashboard:Otlp:PrimaryApiKey", "Dashboard:Otlp:SecondaryApiKey"];

    public required IReadOnlyList<LoopbackAddress> Frontend { get; init; }

    public required LoopbackAddress OtlpGrpc { get; init; }

    public required LoopbackAddress OtlpHttp { get; init; }

    /// <summary>Null when anyone on this machine may look.</summary>
    public required string? BrowserToken { get; init; }

    /// <summary>Made here, not given: then it has to be printed, since nobody else knows it.</summary>
    public required bool IsTokenGenerated { get; init; }

    /// <summary>Either of them opens the intake. Empty when anyone on this machine may send.</summary>
    public required IReadOnlyList<string> OtlpApiKeys { get; init; }

    /// <summary>Null when there is no host to ask: then only telemetry is shown.</summary>
    public required Uri? ResourceService { get; init; }

    public required string? ResourceServiceApiKey { get; init; }

    public static DashboardSettings Read(IConfiguration configuration)
    {
        var anyoneMay = Flag(configuration, "ASPIRE_DASHBOARD_UNSECURED_ALLOW_ANONYMOUS", "DOTNET_DASHBOARD_UNSECURED_ALLOW_ANONYMOUS");
        var anyoneMayLook = anyoneMay || IsUnsecured(configuration, "Dashboard:Frontend:AuthMode");
        var token = anyoneMayLook ? null : First(configuration, "Dashboard:Frontend:BrowserToken", "ASPIRE_DASHBOARD_FRONTEND_BROWSERTOKEN");

        return new()
        {
            Frontend = Frontends(configuration),
            OtlpGrpc = Otlp(configuration, "http://localhost:18889", "ASPIRE_DASHBOARD_OTLP_ENDPOINT_URL", "DOTNET_DASHBOARD_OTLP_ENDPOINT_URL"),
            OtlpHttp = Otlp(configuration, "http://localhost:18890", "ASPIRE_DASHBOARD_OTLP_HTTP_ENDPOINT_URL", "DOTNET_DASHBOARD_OTLP_HTTP_ENDPOINT_URL"),
            BrowserToken = token ?? (anyoneMayLook ? null : Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16))),
            IsTokenGenerated = token is null && !anyoneMayLook,
            OtlpApiKeys = ApiKeys(configuration, anyoneMay),
            ResourceService = ResourceServiceUrl(configuration),
            ResourceServiceApiKey = First(configuration, "Dashboard:ResourceServiceClient:ApiKey"),
        };
    }

    private static List<LoopbackAddress> Frontends(IConfiguration configuration)
    {
        var urls = First(configuration, "ASPNETCORE_URLS", "URLS", "Dashboard:Frontend:EndpointUrls") ?? "http://localhost:18888";

        return [.. urls.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
            .Select(url => LoopbackAddress.Parse("ASPNETCORE_URLS", url))];
    }

    private static LoopbackAddress Otlp(IConfiguration configuration, string otherwise, params string[] names) =>
        LoopbackAddress.Parse(names[0], First(configuration, names) ?? otherwise);

    private static List<string> ApiKeys(IConfiguration configuration, bool anyoneMay)
    {
        if (anyoneMay || IsUnsecured(configuration, "Dashboard:Otlp:AuthMode"))
        {
            return [];
        }

        var keys = s_apiKeys
            .Select(name => configuration[name])
            .Where(key => !string.IsNullOrEmpty(key))
            .Select(key => key!)
            .ToList();

        if (keys.Count is 0 && string.Equals(configuration["Dashboard:Otlp:AuthMode"], "ApiKey", StringComparison.OrdinalIgnoreCase))
        {
            throw new SettingsException("DASHBOARD__OTLP__AUTHMODE is ApiKey, but DASHBOARD__OTLP__PRIMARYAPIKEY is not set.");
        }

        return keys;
    }

    private static Uri? ResourceServiceUrl(IConfiguration configuration)
    {
        const string Name = "ASPIRE_RESOURCE_SERVICE_ENDPOINT_URL";

        if (First(configuration, Name, "DOTNET_RESOURCE_SERVICE_ENDPOINT_URL", "Dashboard:ResourceServiceClient:Url") is not { } url)
        {
            return null;
        }

        return Uri.TryCreate(url, UriKind.Absolute, out var parsed) && parsed.Scheme is "http" or "https"
            ? parsed
            : throw new SettingsException($"{Name} is '{url}', which is no http address.");
    }

    private static bool IsUnsecured(IConfiguration configuration, string name) =>
        string.Equals(configuration[name], "Unsecured", StringComparison.OrdinalIgnoreCase);

    private static bool Flag(IConfiguration configuration, params string[] names) =>
        First(configuration, names) is { } value && (value is "1" || string.Equals(value, "true", StringComparison.OrdinalIgnoreCase));

    private static string? First(IConfiguration configuration, params string[] names) =>
        names.Select(name => configuration[name]).FirstOrDefault(value => !string.IsNullOrWhiteSpace(value));
}
