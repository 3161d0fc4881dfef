namespace BillionHearts.Hosting.Dashboard;

/// <summary>Where the dashboard of this run is, what it listens on, and the words that open it.</summary>
internal sealed record DashboardConnection
{
    /// <summary>For people, who write localhost.</summary>
    public required Uri Frontend { get; init; }

    public required Uri OtlpGrpc { get; init; }

    public required Uri OtlpHttp { get; init; }

    /// <summary>Where this host answers for its resources.</summary>
    public required Uri ResourceService { get; init; }

    public required string BrowserToken { get; init; }

    public required string OtlpApiKey { get; init; }

    public required string ResourceServiceApiKey { get; init; }

    public Uri Login => new(Frontend, $"/login?t={Uri.EscapeDataString(BrowserToken)}");
}
