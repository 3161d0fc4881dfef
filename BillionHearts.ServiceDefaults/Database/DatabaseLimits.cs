using System.Data.Common;
using Npgsql;

namespace BillionHearts.ServiceDefaults.Database;

/// <summary>Limits that every service sets for its database connections, unless the connection string sets them.</summary>
public static class DatabaseLimits
{
    // Seconds. A slower statement would hold its caller and one of few connections.
    private const int CommandTimeout = 5;

    /// <summary>Adds the limits that the connection string does not set. Two api replicas of 20 stay well within PostgreSQL's 100 connections.</summary>
    public static string? FillIn(string? connectionString)
    {
        if (string.IsNullOrWhiteSpace(connectionString))
        {
            return connectionString;
        }

        var given = new DbConnectionStringBuilder { ConnectionString = connectionString };
        var builder = new NpgsqlConnectionStringBuilder(connectionString);

        Default("Maximum Pool Size", () => builder.MaxPoolSize = 20);
        Default("Max Auto Prepare", () => builder.MaxAutoPrepare = 20);
        // A reset before each use is six more statements, a tenth of what an upload costs PostgreSQL. No statement of ours leaves anything in its session, and
        // who takes a lock of the session releases it.
        Default("No Reset On Close", () => builder.NoResetOnClose = true);
        Default("Timeout", () => builder.Timeout = 2);
        Default("Command Timeout", () => builder.CommandTimeout = CommandTimeout);
        Default("Keepalive", () => builder.KeepAlive = 30);
        Default("Options", () => builder.Options = "-c lock_timeout=2s -c idle_in_transaction_session_timeout=10s");

        return builder.ConnectionString;

        void Default(string keyword, Action set)
        {
            if (!given.ContainsKey(keyword))
            {
                set();
            }
        }
    }
}
