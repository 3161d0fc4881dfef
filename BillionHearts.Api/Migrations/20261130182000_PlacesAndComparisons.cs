using System;
using BillionHearts.Api.Platform.Data;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;
using Npgsql.EntityFrameworkCore.PostgreSQL.Metadata;

#nullable disable

namespace BillionHearts.Api.Migrations
{
    /// <inheritdoc />
    [DbContext(typeof(ImagesDbContext))]
    [Migration("20261130182000_PlacesAndComparisons")]
    public partial class PlacesAndComparisons : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            // As search_query, but each word may also be one that only the owner finds: U+E000 stands before it, as SearchText.OwnersMark says.
            migrationBuilder.Sql(
                """
                CREATE FUNCTION search_own_query(owner bigint, content text) RETURNS tsquery LANGUAGE sql IMMUTABLE PARALLEL SAFE
                RETURN (
                    SELECT string_agg(
                        '(' || quote_literal(word) || ':* | ' || quote_literal(owner::text || U&':\E000' || substr(word, length(owner::text) + 2)) || ':*)', ' & ')::tsquery
                    FROM unnest(search_words(owner, content)) AS word)
                """);

            migrationBuilder.CreateTable(
                name: "comparisons",
                columns: table => new
                {
                    id = table.Column<long>(type: "bigint", nullable: false)
                        .Annotation("Npgsql:ValueGenerationStrategy", NpgsqlValueGenerationStrategy.IdentityAlwaysColumn),
                    analyzer = table.Column<string>(type: "character varying(64)", maxLength: 64, nullable: true),
                    user_id = table.Column<long>(type: "bigint", nullable: true),
                    state = table.Column<string>(type: "character varying(16)", maxLength: 16, nullable: false),
                    created_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false, defaultValueSql: "now()"),
                    ended_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true),
                    claimed_until = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_comparisons", x => x.id);
                });

            migrationBuilder.CreateTable(
                name: "comparison_images",
                columns: table => new
                {
                    comparison_id = table.Column<long>(type: "bigint", nullable: false),
                    image_id = table.Column<long>(type: "bigint", nullable: false),
                    version = table.Column<int>(type: "integer", nullable: false),
                    state = table.Column<string>(type: "character varying(16)", maxLength: 16, nullable: false),
                    attempts = table.Column<int>(type: "integer", nullable: false),
                    due_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false, defaultValueSql: "now()"),
                    old_analyzer = table.Column<string>(type: "text", nullable: true),
                    old_seconds = table.Column<double>(type: "double precision", nullable: true),
                    new_analyzer = table.Column<string>(type: "text", nullable: true),
                    new_seconds = table.Column<double>(type: "double precision", nullable: true),
                    reason = table.Column<string>(type: "text", nullable: true),
                    differences = table.Column<string>(type: "jsonb", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_comparison_images", x => new { x.comparison_id, x.image_id });
                    table.ForeignKey(
                        name: "fk_comparison_images_comparisons_comparison_id",
                        column: x => x.comparison_id,
                        principalTable: "comparisons",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Cascade);
                    table.ForeignKey(
                        name: "fk_comparison_images_images_image_id",
                        column: x => x.image_id,
                        principalTable: "images",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateIndex(
                name: "ix_comparison_images_image_id",
                table: "comparison_images",
                column: "image_id");
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "comparison_images");

            migrationBuilder.DropTable(
                name: "comparisons");

            migrationBuilder.Sql("DROP FUNCTION search_own_query(bigint, text)");
        }
    }
}
