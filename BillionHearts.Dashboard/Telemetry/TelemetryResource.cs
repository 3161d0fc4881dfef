namespace BillionHearts.Dashboard.Telemetry;

/// <summary>One sender: a service, and which of its replicas.</summary>
public sealed class TelemetryResource(string service, string instance, PackedText attributes, int colour)
{
    public string Service { get; } = service;

    public string Instance { get; } = instance;

    public PackedText Attributes { get; } = attributes;

    /// <summary>Of its service, so that replicas look alike.</summary>
    public int Colour { get; } = colour;

    /// <summary>Set once a second instance of the service has been seen.</summary>
    public bool HasSiblings { get; set; }

    /// <summary>A timestamp of the clock, to tell who has fallen silent.</summary>
    internal long LastHeard { get; set; }

    public string DisplayName => !HasSiblings || Instance.Length is 0
        ? Service
        : Instance.StartsWith(Service + "-", StringComparison.OrdinalIgnoreCase) ? Instance : $"{Service}-{ShortInstance}";

    // A GUID says no more in full than by its beginning.
    private string ShortInstance => Instance.Length <= 12 ? Instance : Instance[..8];

    public bool IsNamed(string name) =>
        string.Equals(Service, name, StringComparison.OrdinalIgnoreCase)
        || string.Equals(DisplayName, name, StringComparison.OrdinalIgnoreCase)
        || string.Equals(Instance, name, StringComparison.OrdinalIgnoreCase);
}
