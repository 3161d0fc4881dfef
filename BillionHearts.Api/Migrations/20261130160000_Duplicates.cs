using System;
using BillionHearts.Api.Platform.Data;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace BillionHearts.Api.Migrations
{
    /// <inheritdoc />
    [DbContext(typeof(ImagesDbContext))]
    [Migration("20261130160000_Duplicates")]
    public partial class Duplicates : Migration
    {
        // As HashBands.Shift says.
        private static readonly int[] s_shifts = [48, 32, 16, 0];

        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<long>(
                name: "merged_into",
                table: "images",
                type: "bigint",
                nullable: true);

            migrationBuilder.AddColumn<DateTimeOffset>(
                name: "merged_at",
                table: "images",
                type: "timestamp with time zone",
                nullable: true);

            migrationBuilder.AddColumn<bool>(
                name: "is_restored",
                table: "retired_media_keys",
                type: "boolean",
                nullable: false,
                defaultValue: false);

            migrationBuilder.AddColumn<string>(
                name: "search_text",
                table: "images",
                type: "character varying(4000)",
                maxLength: 4000,
                nullable: true);

            migrationBuilder.CreateIndex(
                name: "ix_images_merged_into",
                table: "images",
                column: "merged_into",
                filter: "merged_into IS NOT NULL");

            migrationBuilder.CreateIndex(
                name: "ix_images_merged_at",
                table: "images",
                column: "merged_at",
                filter: "merged_at IS NOT NULL");

            AddSearch(migrationBuilder);

            // One for each 16 bits of the hash, with all that the search reads: HashBands, SimilarImages. Flat pictures, whose hash is 0, are left out.
            for (var band = 0; band < s_shifts.Length; band++)
            {
                migrationBuilder.Sql(
                    $"""
                    CREATE INDEX ix_images_phash_band_{band} ON images (user_id, ((phash >> {s_shifts[band]}) & 65535)) INCLUDE (phash, id)
                    WHERE deleted_at IS NULL AND phash <> 0
                    """);
            }
        }

        private static void AddSearch(MigrationBuilder migrationBuilder)
        {
            // A word is at most 100 characters long: a longer one would not fit into the index, and an upload with such a file name would fail.
            // It begins with its user's id, so that the index has each user's words beside each other, and a search reads no other user's.
            migrationBuilder.Sql(
                """
                CREATE FUNCTION search_words(owner bigint, content text) RETURNS text[] LANGUAGE sql IMMUTABLE PARALLEL SAFE
                RETURN (
                    SELECT coalesce(array_agg(DISTINCT owner::text || ':' || left(word, 100)), '{}')
                    FROM unnest(string_to_array(
                        lower(translate(normalize(content, NFKC), U&'!"#$%&''()*+,-./:;<=>?@[\005C]^_`{|}~\0009\000A\000D', repeat(' ', 35))), ' ')) AS word
                    WHERE word <> '')
                """);

            // Every word is a prefix. NULL, which matches nothing, if there is no word.
            migrationBuilder.Sql(
                """
                CREATE FUNCTION search_query(owner bigint, content text) RETURNS tsquery LANGUAGE sql IMMUTABLE PARALLEL SAFE
                RETURN (SELECT string_agg(quote_literal(word) || ':*', ' & ')::tsquery FROM unnest(search_words(owner, content)) AS word)
                """);

            migrationBuilder.Sql(
                """
                UPDATE images SET search_text = left(analysis #>> '{photo,lens}', 4000) WHERE analysis #>> '{photo,lens}' IS NOT NULL
                """);

            migrationBuilder.Sql(
                """
                ALTER TABLE images ADD COLUMN search tsvector NOT NULL GENERATED ALWAYS AS (
                    array_to_tsvector(search_words(user_id, original_filename || ' ' || coalesce(camera, '') || ' ' || coalesce(search_text, '')))) STORED
                """);

            // Without the list of pending entries: whoever fills it up must write all of it into the index, which takes longer than an upload may.
            migrationBuilder.Sql("CREATE INDEX ix_images_search ON images USING gin (search) WITH (fastupdate = off) WHERE deleted_at IS NULL");
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            for (var band = 0; band < s_shifts.Length; band++)
            {
                migrationBuilder.Sql($"DROP INDEX ix_images_phash_band_{band}");
            }

            migrationBuilder.Sql("ALTER TABLE images DROP COLUMN search");
            migrationBuilder.Sql("DROP FUNCTION search_query(bigint, text)");
            migrationBuilder.Sql("DROP FUNCTION search_words(bigint, text)");
            migrationBuilder.DropColumn(name: "search_text", table: "images");
            migrationBuilder.DropColumn(name: "is_restored", table: "retired_media_keys");
            migrationBuilder.DropColumn(name: "merged_at", table: "images");
            migrationBuilder.DropColumn(name: "merged_into", table: "images");
        }
    }
}
