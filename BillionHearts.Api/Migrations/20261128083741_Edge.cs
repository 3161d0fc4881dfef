using System;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace BillionHearts.Api.Migrations
{
    /// <inheritdoc />
    public partial class Edge : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<DateTimeOffset>(
                name: "sweep_due_at",
                table: "retired_media_keys",
                type: "timestamp with time zone",
                nullable: true,
                defaultValueSql: "now()");

            migrationBuilder.AddColumn<int>(
                name: "sweeps",
                table: "retired_media_keys",
                type: "integer",
                nullable: false,
                defaultValue: 0);

            migrationBuilder.CreateTable(
                name: "media_renditions",
                columns: table => new
                {
                    media_key = table.Column<string>(type: "character(32)", fixedLength: true, maxLength: 32, nullable: false),
                    name = table.Column<string>(type: "character varying(18)", maxLength: 18, nullable: false),
                    claimed_until = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true),
                    made_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true),
                    blob_key = table.Column<string>(type: "text", nullable: true),
                    content_type = table.Column<string>(type: "character varying(16)", maxLength: 16, nullable: true),
                    width = table.Column<int>(type: "integer", nullable: true),
                    height = table.Column<int>(type: "integer", nullable: true),
                    bytes = table.Column<long>(type: "bigint", nullable: true),
                    failure = table.Column<string>(type: "text", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_media_renditions", x => new { x.media_key, x.name });
                });

            migrationBuilder.CreateIndex(
                name: "ix_retired_media_keys_sweep_due_at",
                table: "retired_media_keys",
                column: "sweep_due_at",
                filter: "sweep_due_at IS NOT NULL");
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "media_renditions");

            migrationBuilder.DropIndex(
                name: "ix_retired_media_keys_sweep_due_at",
                table: "retired_media_keys");

            migrationBuilder.DropColumn(
                name: "sweep_due_at",
                table: "retired_media_keys");

            migrationBuilder.DropColumn(
                name: "sweeps",
                table: "retired_media_keys");
        }
    }
}
