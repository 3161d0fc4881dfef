using BillionHearts.Api.Platform.Data;

namespace BillionHearts.Api.Accounts.Audit;

/// <summary>Records actions in a user's name. Inside a transaction, the entry is committed together with the change.</summary>
internal sealed class AuditTrail(ImagesDbContext db)
{
    /// <param name="action">One of <see cref="AuditAction"/>.</param>
    /// <param name="subject">The id of the image, key, session or share that was changed.</param>
    public async Task WriteAsync(long userId, string action, long? subject, string address, CancellationToken cancellationToken)
    {
        db.AuditEvents.Add(new AuditEvent { UserId = userId, Action = action, Subject = subject, Address = address });
        await db.SaveChangesAsync(cancellationToken);
    }
}
