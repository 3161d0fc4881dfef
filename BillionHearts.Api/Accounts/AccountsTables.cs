using BillionHearts.Api.Accounts.Audit;
using BillionHearts.Api.Accounts.Keys;
using BillionHearts.Api.Accounts.Sessions;
using BillionHearts.Api.Accounts.Users;
using BillionHearts.Api.Platform.Data;
using Microsoft.EntityFrameworkCore;

namespace BillionHearts.Api.Accounts;

/// <summary>The tables of this room.</summary>
internal static class AccountsTables
{
    extension(ImagesDbContext db)
    {
        public DbSet<User> Users => db.Set<User>();

        public DbSet<ApiKey> ApiKeys => db.Set<ApiKey>();

        public DbSet<Session> Sessions => db.Set<Session>();

        public DbSet<AuditEvent> AuditEvents => db.Set<AuditEvent>();
    }
}
