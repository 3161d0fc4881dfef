using BillionHearts.Api.Platform.Data;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace BillionHearts.Api.Migrations
{
    /// <inheritdoc />
    [DbContext(typeof(ImagesDbContext))]
    [Migration("20261130150000_Diagnosis")]
    public partial class Diagnosis : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<string>(
                name: "diagnosis",
                table: "analysis_attempts",
                type: "jsonb",
                nullable: true);

            migrationBuilder.CreateIndex(
                name: "ix_analysis_attempts_finished_at_request_id",
                table: "analysis_attempts",
                columns: new[] { "finished_at", "request_id" },
                filter: "diagnosis IS NOT NULL");
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropIndex(
                name: "ix_analysis_attempts_finished_at_request_id",
                table: "analysis_attempts");

            migrationBuilder.DropColumn(
                name: "diagnosis",
                table: "analysis_attempts");
        }
    }
}
