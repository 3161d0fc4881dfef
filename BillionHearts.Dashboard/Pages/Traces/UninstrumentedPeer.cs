using BillionHearts.Dashboard.Telemetry.Traces;

namespace BillionHearts.Dashboard.Pages.Traces;

/// <summary>Who was called and told nothing about it: a database, a broker, a server of someone else.</summary>
internal sealed record UninstrumentedPeer(string Name, string Icon)
{
    // The most telling name first.
    private static readonly string[] s_names = ["peer.service", "db.system.name", "db.system", "messaging.system", "server.address", "net.peer.name"];

    public static UninstrumentedPeer? Of(Span span)
    {
        var name = s_names.Select(attribute => span.Attributes[attribute]).FirstOrDefault(value => !string.IsNullOrEmpty(value));

        if (name is null)
        {
            return null;
        }

        var port = span.Attributes["server.port"];
        var isAddress = name == span.Attributes["server.address"] && port is not null;

        return new(isAddress ? $"{name}:{port}" : name, span.Category switch
        {
            SpanCategory.Database => "database",
            SpanCategory.Messaging => "messaging",
            _ => "globe",
        });
    }
}
