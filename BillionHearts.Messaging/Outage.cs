using System.Data.Common;
using System.Net.Sockets;

namespace BillionHearts.Messaging;

/// <summary>Tells an exception that blames the message from one that blames something else being away.</summary>
public static class Outage
{
    public static bool IsBehind(Exception exception)
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
