namespace BillionHearts.Hosting.Servers;

/// <summary>Ports that the model gives a server. One that is in use is reported here: the server's own message would be unclear.</summary>
internal static class ListeningPorts
{
    // A run that was stopped a moment ago may still be releasing it.
    private static readonly TimeSpan s_limit = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan s_pause = TimeSpan.FromMilliseconds(100);

    /// <exception cref="NativeServerException">Another program listens on one of them.</exception>
    public static async Task RequireFreeAsync(NativeServerContext context)
    {
        var start = TimeProvider.System.GetTimestamp();

        foreach (var endpoint in context.Container.Endpoints)
        {
            while (!LoopbackPorts.IsFree(endpoint.Port))
            {
                if (TimeProvider.System.GetElapsedTime(start) > s_limit)
                {
                    throw context.Refuse(
                        $"port {endpoint.Port} of its endpoint '{endpoint.Name}' is in use by another program. "
                        + "Stop that program, or give the endpoint another port.");
                }

                await Task.Delay(s_pause);
            }
        }
    }
}
