using BillionHearts.Notifications.Data;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace BillionHearts.Notifications.Migrations
{
    /// <inheritdoc />
    [DbContext(typeof(NotificationsDbContext))]
    [Migration("20261130160000_Duplicates")]
    public partial class Duplicates : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<string>(
                name: "duplicates",
                table: "user_events",
                type: "jsonb",
                nullable: true);
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropColumn(
                name: "duplicates",
                table: "user_events");
        }
    }
}
