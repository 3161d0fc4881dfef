using System;
using BillionHearts.Notifications.Data;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace BillionHearts.Notifications.Migrations
{
    /// <inheritdoc />
    [DbContext(typeof(NotificationsDbContext))]
    [Migration("20261130190000_Inbox")]
    public partial class Inbox : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<DateTimeOffset>(
                name: "read_at",
                table: "user_events",
                type: "timestamp with time zone",
                nullable: true);

            migrationBuilder.CreateIndex(
                name: "ix_user_events_unread",
                table: "user_events",
                column: "user_id",
                filter: "read_at IS NULL");

            migrationBuilder.CreateTable(
                name: "mail_settings",
                columns: table => new
                {
                    user_id = table.Column<long>(type: "bigint", nullable: false),
                    address = table.Column<string>(type: "character varying(254)", maxLength: 254, nullable: false),
                    confirmed_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true),
                    code = table.Column<string>(type: "text", nullable: true),
                    code_expires_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false, defaultValueSql: "now()"),
                    wrong_codes = table.Column<int>(type: "integer", nullable: false, defaultValue: 0),
                    unsubscribe_key = table.Column<string>(type: "text", nullable: false),
                    mailed_through = table.Column<long>(type: "bigint", nullable: false, defaultValue: 0L),
                    mailing_through = table.Column<long>(type: "bigint", nullable: true),
                    next_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false, defaultValueSql: "now()"),
                    failures = table.Column<int>(type: "integer", nullable: false, defaultValue: 0)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_mail_settings", x => x.user_id);
                });

            migrationBuilder.CreateIndex(
                name: "ix_mail_settings_next_at",
                table: "mail_settings",
                column: "next_at");

            migrationBuilder.CreateIndex(
                name: "ix_mail_settings_unsubscribe_key",
                table: "mail_settings",
                column: "unsubscribe_key",
                unique: true);
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "mail_settings");

            migrationBuilder.DropIndex(
                name: "ix_user_events_unread",
                table: "user_events");

            migrationBuilder.DropColumn(
                name: "read_at",
                table: "user_events");
        }
    }
}
