using System.Data.Common;
using Microsoft.EntityFrameworkCore.Storage;
using Npgsql;

namespace BillionHearts.ServiceDefaults.Database;

/// <summary>Tells a database that is away from a statement that is wrong.</summary>
public static class DatabaseFaults
{
    /// <summary>Whether the database, and not the statement, was at fault, at any depth: Entity Framework wraps it twice.</summary>
    public static bool IsUnavailable(Exception? exception) => exception switch
    {
        null => false,
        PostgresException { IsTransient: true } => true,
        // It has ended the session: it starts, stops, is full or lets nobody in.
        PostgresException { InvariantSeverity: "FATAL" or "PANIC" } => true,
        PostgresException { SqlState: PostgresErrorCodes.QueryCanceled or PostgresErrorCodes.LockNotAvailable } => true,
        PostgresException => false,
        NpgsqlException or RetryLimitExceededException { InnerException: null } => true,
        TimeoutException when exception is not DbException => true,
        _ => IsUnavailable(exception.InnerException),
    };
}
