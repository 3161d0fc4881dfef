using System.Data.Common;
using System.Net.Sockets;

namespace BillionHearts.Messaging;

/// <summary>Distinguishes an exception caused by an unavailable dependency from one caused by the message.</summary>
public static class Outage
{
    public static bool IsCauseOf(Exception exception)
    {
        for (var current = exception; current is not null; current = current.InnerException)
        {
            if (current is DbException { IsTransient: true } or TimeoutException or SocketException or HttpRequestException or MessageNotConfirmedException)
            {
                return true;
            }
        }

        return false;
    }
}
