using System;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace BillionHearts.Api.Migrations
{
    /// <inheritdoc />
    public partial class CaptureDates : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<string>(
                name: "camera",
                table: "images",
                type: "character varying(128)",
                maxLength: 128,
                nullable: true);

            migrationBuilder.AddColumn<DateTimeOffset>(
                name: "captured_at",
                table: "images",
                type: "timestamp with time zone",
                nullable: true);

            migrationBuilder.CreateIndex(
                name: "ix_images_user_id_camera_upload_date_id",
                table: "images",
                columns: new[] { "user_id", "camera", "upload_date", "id" },
                filter: "deleted_at IS NULL AND camera IS NOT NULL");

            // Over an expression, which the model cannot say: a photo without a capture date stands at its upload.
            migrationBuilder.Sql(
                "CREATE INDEX ix_images_user_id_captured_id ON images (user_id, (coalesce(captured_at, upload_date)), id) WHERE deleted_at IS NULL");
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.Sql("DROP INDEX ix_images_user_id_captured_id");

            migrationBuilder.DropIndex(
                name: "ix_images_user_id_camera_upload_date_id",
                table: "images");

            migrationBuilder.DropColumn(
                name: "camera",
                table: "images");

            migrationBuilder.DropColumn(
                name: "captured_at",
                table: "images");
        }
    }
}
