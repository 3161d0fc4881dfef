using BillionHearts.Api.Delivery.Renditions;
using BillionHearts.Api.Delivery.Shares;
using BillionHearts.Api.Platform.Data;
using Microsoft.EntityFrameworkCore;

namespace BillionHearts.Api.Delivery;

/// <summary>The tables of delivery.</summary>
internal static class DeliveryTables
{
    extension(ImagesDbContext db)
    {
        public DbSet<MediaRendition> MediaRenditions => db.Set<MediaRendition>();

        public DbSet<Share> Shares => db.Set<Share>();
    }
}
