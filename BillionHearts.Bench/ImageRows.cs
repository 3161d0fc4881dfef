using Npgsql;

namespace BillionHearts.Bench;

/// <summary>
/// Generates any number of rows of <c>images</c> in the database from a template row that the api wrote: a column that is not generated here is
/// copied from it. Each image of a user is in another block of the table, as when all users upload at the same time.
/// </summary>
internal sealed class ImageRows(NpgsqlDataSource database, long templateId)
{
    /// <summary>Far above the ids from the api's sequence, of which its replicas reserve blocks.</summary>
    public const long FirstId = 1_000_000_000;

    /// <summary>Enough for more than two pages of a hundred in each user's list.</summary>
    private const int ImagesOfUser = 250;

    private const int MaxUsers = 1000;
    private const int Chunk = 500_000;

    private static readonly Dictionary<string, string> s_generated = new()
    {
        ["id"] = $"{FirstId} + n",
        ["user_id"] = $"{FirstId} + n % @users",
        ["original_filename"] = "'IMG_' || n || '.jpg'",
        // One per second, so that ids and times have the same order, as with images that are uploaded one after the other.
        ["upload_date"] = "timestamptz '2024-01-01' + n * interval '1 second'",
        ["stored_at"] = "timestamptz '2024-01-01' + n * interval '1 second'",
        ["storage_path"] = "overlay(template.storage_path placing md5('path' || n) from length(template.storage_path) - 31)",
        ["media_key"] = "md5('media' || n)",
        ["sha256"] = "sha256(convert_to('content' || n, 'UTF8'))",
        // Analysed, so none waits.
        ["analysis_request_id"] = "NULL::uuid",
        // Three images each that differ in one or two bits.
        ["phash"] = "hashint8extended(n / 3, 0) # (n % 3)",
    };

    public long Count { get; private set; }

    /// <summary>Whether all images are of the user <see cref="FirstId"/>.</summary>
    public bool IsOneUser { get; init; }

    public static int Users(long rows) => (int)Math.Clamp(rows / ImagesOfUser, 1, MaxUsers);

    /// <summary>Adds rows until there are <paramref name="rows"/>.</summary>
    public async Task FillAsync(long rows, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        // Foreign keys are not checked row by row: all users are created first.
        await ExecuteAsync(connection, "SET session_replication_role = replica; SET synchronous_commit = off; SET maintenance_work_mem = '1GB'", cancellationToken);
        var users = IsOneUser ? 1 : Users(rows);
        await MakeUsersAsync(connection, users, cancellationToken);

        var indexes = await IndexesAsync(connection, cancellationToken);
        await ExecuteAsync(connection, string.Concat(indexes.Select(index => $"DROP INDEX {index.Name};")), cancellationToken);

        try
        {
            while (Count < rows)
            {
                var until = Math.Min(Count + Chunk, rows);
                await MakeImagesAsync(connection, Count, until, users, cancellationToken);
                Count = until;
            }
        }
        finally
        {
            foreach (var (_, definition) in indexes)
            {
                await ExecuteAsync(connection, definition, cancellationToken);
            }
        }

        // Otherwise the server would do this itself some minutes later, during the measurement.
        await ExecuteAsync(connection, "VACUUM (ANALYZE) images", cancellationToken);
        await ExecuteAsync(connection, "ANALYZE users", cancellationToken);
        await ExecuteAsync(connection, "CHECKPOINT", cancellationToken);
    }

    /// <returns>The table and its indexes, in megabytes.</returns>
    public async Task<long> MegabytesAsync(CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand("SELECT pg_total_relation_size('images') / 1000000");
        return (long)(await command.ExecuteScalarAsync(cancellationToken))!;
    }

    private static async Task MakeUsersAsync(NpgsqlConnection connection, int users, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(
            $"INSERT INTO users (id, username) SELECT {FirstId} + n, 'rows-' || n FROM generate_series(0, @users - 1) n ON CONFLICT DO NOTHING", connection);
        command.Parameters.AddWithValue("users", users);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    private async Task MakeImagesAsync(NpgsqlConnection connection, long from, long until, int users, CancellationToken cancellationToken)
    {
        var columns = await ColumnsAsync(connection, cancellationToken);
        await using var command = new NpgsqlCommand(
            $"""
            INSERT INTO images ({string.Join(", ", columns)})
            SELECT {string.Join(", ", columns.Select(column => s_generated.GetValueOrDefault(column, $"template.{column}")))}
            FROM generate_series(@from, @last) n CROSS JOIN (SELECT * FROM images WHERE id = @template) template
            """,
            connection)
        {
            CommandTimeout = 0,
            Parameters = { new("from", from), new("last", until - 1), new("template", templateId), new("users", users) },
        };
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    private static Task<List<string>> ColumnsAsync(NpgsqlConnection connection, CancellationToken cancellationToken) => ReadAsync(
        connection,
        "SELECT attname FROM pg_attribute WHERE attrelid = 'images'::regclass AND attnum > 0 AND NOT attisdropped AND attgenerated = '' ORDER BY attnum",
        row => row.GetString(0),
        cancellationToken);

    /// <summary>All indexes except the primary key. They slow down the load, so they are created after it.</summary>
    private static Task<List<(string Name, string Definition)>> IndexesAsync(NpgsqlConnection connection, CancellationToken cancellationToken) => ReadAsync(
        connection,
        "SELECT indexname, indexdef FROM pg_indexes WHERE schemaname = current_schema() AND tablename = 'images' AND indexname <> 'pk_images'",
        row => (row.GetString(0), row.GetString(1)),
        cancellationToken);

    private static async Task<List<T>> ReadAsync<T>(NpgsqlConnection connection, string query, Func<NpgsqlDataReader, T> read, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(query, connection);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var rows = new List<T>();

        while (await reader.ReadAsync(cancellationToken))
        {
            rows.Add(read(reader));
        }

        return rows;
    }

    private static async Task ExecuteAsync(NpgsqlConnection connection, string statement, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(statement, connection) { CommandTimeout = 0 };
        await command.ExecuteNonQueryAsync(cancellationToken);
    }
}
