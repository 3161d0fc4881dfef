using BillionHearts.Api.Platform.Data;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

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
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.Sql("DROP FUNCTION search_own_query(bigint, text)");
        }
    }
}
