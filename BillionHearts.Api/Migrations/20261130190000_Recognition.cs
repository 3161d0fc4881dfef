using System.Collections;
using BillionHearts.Api.Platform.Data;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace BillionHearts.Api.Migrations
{
    /// <inheritdoc />
    [DbContext(typeof(ImagesDbContext))]
    [Migration("20261130190000_Recognition")]
    public partial class Recognition : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<string>(
                name: "recognition",
                table: "images",
                type: "jsonb",
                nullable: true);

            migrationBuilder.CreateTable(
                name: "image_looks",
                columns: table => new
                {
                    image_id = table.Column<long>(type: "bigint", nullable: false),
                    user_id = table.Column<long>(type: "bigint", nullable: false),
                    version = table.Column<int>(type: "integer", nullable: false),
                    model = table.Column<string>(type: "character varying(40)", maxLength: 40, nullable: false),
                    cell = table.Column<short>(type: "smallint", nullable: false),
                    code = table.Column<BitArray>(type: "bit(256)", nullable: false),
                    embedding = table.Column<byte[]>(type: "bytea", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_image_looks", x => x.image_id);
                    table.ForeignKey(
                        name: "fk_image_looks_images_image_id",
                        column: x => x.image_id,
                        principalTable: "images",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateIndex(
                name: "ix_image_looks_user_id_cell",
                table: "image_looks",
                columns: new[] { "user_id", "cell" })
                .Annotation("Npgsql:IndexInclude", new[] { "image_id", "code" });
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "image_looks");

            migrationBuilder.DropColumn(
                name: "recognition",
                table: "images");
        }
    }
}
