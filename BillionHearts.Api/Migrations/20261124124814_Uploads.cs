using System;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace BillionHearts.Api.Migrations
{
    /// <inheritdoc />
    public partial class Uploads : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<long>(
                name: "image_count",
                table: "users",
                type: "bigint",
                nullable: false,
                defaultValue: 0L);

            migrationBuilder.AddColumn<long>(
                name: "stored_bytes",
                table: "users",
                type: "bigint",
                nullable: false,
                defaultValue: 0L);

            migrationBuilder.AddColumn<DateTimeOffset>(
                name: "stored_at",
                table: "images",
                type: "timestamp with time zone",
                nullable: true);

            migrationBuilder.CreateTable(
                name: "idempotency_records",
                columns: table => new
                {
                    user_id = table.Column<long>(type: "bigint", nullable: false),
                    route = table.Column<string>(type: "character varying(128)", maxLength: 128, nullable: false),
                    key = table.Column<string>(type: "character varying(255)", maxLength: 255, nullable: false),
                    fingerprint = table.Column<byte[]>(type: "bytea", nullable: false),
                    status = table.Column<int>(type: "integer", nullable: false),
                    body = table.Column<string>(type: "text", nullable: false),
                    created_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false, defaultValueSql: "now()")
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_idempotency_records", x => new { x.user_id, x.route, x.key });
                });

            migrationBuilder.CreateTable(
                name: "receipt_keys",
                columns: table => new
                {
                    id = table.Column<string>(type: "character varying(43)", maxLength: 43, nullable: false),
                    private_key = table.Column<byte[]>(type: "bytea", nullable: false),
                    created_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false, defaultValueSql: "now()")
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_receipt_keys", x => x.id);
                });

            migrationBuilder.CreateTable(
                name: "resumable_uploads",
                columns: table => new
                {
                    id = table.Column<string>(type: "character(32)", fixedLength: true, maxLength: 32, nullable: false),
                    user_id = table.Column<long>(type: "bigint", nullable: false),
                    original_filename = table.Column<string>(type: "character varying(255)", maxLength: 255, nullable: false),
                    metadata = table.Column<string>(type: "character varying(4096)", maxLength: 4096, nullable: false),
                    length = table.Column<long>(type: "bigint", nullable: false),
                    upload_offset = table.Column<long>(type: "bigint", nullable: false),
                    image_id = table.Column<long>(type: "bigint", nullable: true),
                    refusal = table.Column<string>(type: "character varying(64)", maxLength: 64, nullable: true),
                    created_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false, defaultValueSql: "now()"),
                    expires_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_resumable_uploads", x => x.id);
                });

            migrationBuilder.CreateTable(
                name: "retired_blobs",
                columns: table => new
                {
                    blob_key = table.Column<string>(type: "text", nullable: false),
                    due_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false, defaultValueSql: "now()"),
                    attempts = table.Column<int>(type: "integer", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_retired_blobs", x => x.blob_key);
                });

            migrationBuilder.CreateTable(
                name: "resumable_upload_parts",
                columns: table => new
                {
                    upload_id = table.Column<string>(type: "character(32)", fixedLength: true, maxLength: 32, nullable: false),
                    start = table.Column<long>(type: "bigint", nullable: false),
                    length = table.Column<long>(type: "bigint", nullable: false),
                    blob_key = table.Column<string>(type: "text", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_resumable_upload_parts", x => new { x.upload_id, x.start });
                    table.ForeignKey(
                        name: "fk_resumable_upload_parts_resumable_uploads_upload_id",
                        column: x => x.upload_id,
                        principalTable: "resumable_uploads",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateIndex(
                name: "ix_images_storage_path",
                table: "images",
                column: "storage_path",
                unique: true);

            migrationBuilder.CreateIndex(
                name: "ix_images_user_id_sha256",
                table: "images",
                columns: new[] { "user_id", "sha256" },
                filter: "deleted_at IS NULL AND sha256 IS NOT NULL");

            migrationBuilder.CreateIndex(
                name: "ix_idempotency_records_created_at",
                table: "idempotency_records",
                column: "created_at");

            migrationBuilder.CreateIndex(
                name: "ix_resumable_upload_parts_blob_key",
                table: "resumable_upload_parts",
                column: "blob_key",
                unique: true);

            migrationBuilder.CreateIndex(
                name: "ix_resumable_uploads_expires_at",
                table: "resumable_uploads",
                column: "expires_at");

            migrationBuilder.CreateIndex(
                name: "ix_resumable_uploads_user_id",
                table: "resumable_uploads",
                column: "user_id",
                filter: "image_id IS NULL AND refusal IS NULL");

            migrationBuilder.CreateIndex(
                name: "ix_retired_blobs_due_at",
                table: "retired_blobs",
                column: "due_at");

            // Of what is there already.
            migrationBuilder.Sql("INSERT INTO retired_blobs (blob_key, due_at, attempts) SELECT storage_path, now(), 0 FROM images WHERE deleted_at IS NOT NULL");
            migrationBuilder.Sql("UPDATE images SET stored_at = upload_date WHERE version > 0");
            migrationBuilder.Sql(
                """
                UPDATE users SET image_count = own.images, stored_bytes = own.bytes
                FROM (SELECT user_id, count(*) AS images, sum(file_size) AS bytes FROM images WHERE version > 0 AND deleted_at IS NULL GROUP BY user_id) AS own
                WHERE users.id = own.user_id
                """);
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "idempotency_records");

            migrationBuilder.DropTable(
                name: "receipt_keys");

            migrationBuilder.DropTable(
                name: "resumable_upload_parts");

            migrationBuilder.DropTable(
                name: "retired_blobs");

            migrationBuilder.DropTable(
                name: "resumable_uploads");

            migrationBuilder.DropIndex(
                name: "ix_images_storage_path",
                table: "images");

            migrationBuilder.DropIndex(
                name: "ix_images_user_id_sha256",
                table: "images");

            migrationBuilder.DropColumn(
                name: "image_count",
                table: "users");

            migrationBuilder.DropColumn(
                name: "stored_bytes",
                table: "users");

            migrationBuilder.DropColumn(
                name: "stored_at",
                table: "images");
        }
    }
}
