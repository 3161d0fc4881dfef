using System.Data.Common;
using Microsoft.EntityFrameworkCore.Storage;
using Npgsql;

namespace BillionHearts.ServiceDefaults.Database;

/// <summary>Distinguishes a database that is unavailable from a statement that is wrong.</summary>
public static class DatabaseFaults
{
    /// <summary>Whether the database was at fault and not the statement. Inner exceptions count: Entity Framework wraps twice.</summary>
    public static bool IsUnavailable(Exception? exception) => exception switch
    {
        null => false,
        PostgresException { IsTransient: true } => true,
        // It ended the session: it is starting or stopping, has no connection left, or accepts nobody.
        PostgresException { InvariantSeverity: "FATAL" or "PANIC" } => true,
        PostgresException { SqlState: PostgresErrorCodes.QueryCanceled or PostgresErrorCodes.LockNotAvailable } => true,
        PostgresException => false,
        NpgsqlException or RetryLimitExceededException { InnerException: null } => true,
        TimeoutException when exception is not DbException => true,
        _ => IsUnavailable(exception.InnerException),
    };
}
