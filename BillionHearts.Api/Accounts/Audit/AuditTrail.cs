using BillionHearts.Api.Platform.Data;

namespace BillionHearts.Api.Accounts.Audit;

/// <summary>Writes what was done in a user's name. Inside a transaction, what it belongs to and the entry stay together.</summary>
internal sealed class AuditTrail(ImagesDbContext db)
{
    /// <param name="action">One of <see cref="AuditAction"/>.</param>
    /// <param name="subject">The id of what it was done to.</param>
    public async Task WriteAsync(long userId, string action, long? subject, string address, CancellationToken cancellationToken)
    {
        db.AuditEvents.Add(new AuditEvent { UserId = userId, Action = action, Subject = subject, Address = address });
        await db.SaveChangesAsync(cancellationToken);
    }
}
