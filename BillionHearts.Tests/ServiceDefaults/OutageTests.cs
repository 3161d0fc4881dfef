using System.Net.Sockets;
using BillionHearts.Messaging;
using Npgsql;

namespace BillionHearts.Tests.ServiceDefaults;

public sealed class OutageTests
{
    public static TheoryData<Exception, bool> Failures => new()
    {
        { new NpgsqlException("refused", new SocketException((int)SocketError.ConnectionRefused)), true },
        { new PostgresException("the database system is starting up", "FATAL", "FATAL", PostgresErrorCodes.CannotConnectNow), true },
        { new PostgresException("duplicate key", "ERROR", "ERROR", PostgresErrorCodes.UniqueViolation), false },
        { new InvalidOperationException("wrapped", new TimeoutException()), true },
        { new HttpRequestException("no route"), true },
        { new InvalidOperationException("a bug"), false },
        { new FormatException("a bad message"), false },
    };

    [Theory]
    [MemberData(nameof(Failures), DisableDiscoveryEnumeration = true)]
    public void An_outage_is_distinguished_from_a_fault_of_the_message(Exception failure, bool isOutage) =>
        Assert.Equal(isOutage, Outage.IsCauseOf(failure));
}
