using BillionHearts.Api.Platform.Data;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace BillionHearts.Api.Migrations
{
    /// <inheritdoc />
    [DbContext(typeof(ImagesDbContext))]
    [Migration("20261130034500_Usernames")]
    public partial class Usernames : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<string>(
                name: "normalized_username",
                table: "users",
                type: "text",
                nullable: true);

            // Of users whose names differ in case only, the oldest gets the name; the others keep signing in with their exact names.
            migrationBuilder.Sql(
                """
                UPDATE users SET normalized_username = oldest.name
                FROM (
                    SELECT DISTINCT ON (lower(normalize(username, NFKC))) id, lower(normalize(username, NFKC)) AS name
                    FROM users ORDER BY lower(normalize(username, NFKC)), id
                ) AS oldest
                WHERE users.id = oldest.id
                """);

            migrationBuilder.CreateIndex(
                name: "ix_users_normalized_username",
                table: "users",
                column: "normalized_username",
                unique: true);
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropIndex(
                name: "ix_users_normalized_username",
                table: "users");

            migrationBuilder.DropColumn(
                name: "normalized_username",
                table: "users");
        }
    }
}
