namespace BillionHearts.Dashboard.Listening;

/// <summary>
/// Which of its ports a request came in by. Carried by the connection and named by each endpoint: a <c>Host</c> header is
/// the sender's to write, a connection is not.
/// </summary>
internal enum Listener
{
    Frontend,
    OtlpGrpc,
    OtlpHttp,
}

internal sealed record ListenerFeature(Listener Listener);

internal sealed record ListenerMetadata(Listener Listener);
