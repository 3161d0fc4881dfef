using System.Text.Json;
using BillionHearts.Api.Platform.Data.Batches;
using BillionHearts.Contracts;
using Npgsql;

namespace BillionHearts.Api.Images;

/// <summary>Reads images by id, in batches because this is the most frequent call.</summary>
internal sealed class ImageReads
{
    private const int MaxBatch = 128;

    /// <summary>
    /// Materialized, so that the rows are found by their ids. While a new table has no statistics, PostgreSQL would otherwise read all of a partial
    /// index (<c>WHERE deleted_at IS NULL</c>) for each batch.
    /// </summary>
    internal const string Query =
        """
        WITH found AS MATERIALIZED (SELECT * FROM images WHERE id = ANY($1))
        SELECT id, user_id, original_filename, upload_date, width, height, file_size, file_type, storage_path, status, version,
               sha256, media_key, failure_reason, failure_detail, nullif(renditions, '[]'), analysis, recognition
        FROM found WHERE deleted_at IS NULL
        """;

    private readonly BatchDatabase _database;
    private readonly Batcher<long, ImageView?> _batches;

    public ImageReads(BatchDatabase database)
    {
        _database = database;
        // Safe inline: the continuation only writes the image as JSON.
        _batches = new Batcher<long, ImageView?>("images by id", MaxBatch, maxParallel: 1, FindAsync) { ContinuesInline = true };
    }

    /// <summary>Returns the image as it was at some time after the call.</summary>
    public Task<ImageView?> FindAsync(long id, CancellationToken cancellationToken) => _batches.SubmitAsync(id, cancellationToken);

    private Task<IReadOnlyList<ImageView?>> FindAsync(IReadOnlyList<long> ids, CancellationToken cancellationToken) => _database.RunAsync<IReadOnlyList<ImageView?>>(
        async (connection, cancel) =>
        {
            await using var command = new NpgsqlCommand(Query, connection) { Parameters = { new() { Value = ids.ToArray() } } };
            await using var reader = await command.ExecuteReaderAsync(cancel);
            var found = new Dictionary<long, ImageView>();

            while (await reader.ReadAsync(cancel))
            {
                var image = Read(reader);
                found[image.Id] = image;
            }

            return [.. ids.Select(id => found.GetValueOrDefault(id))];
        },
        cancellationToken);

    private static ImageView Read(NpgsqlDataReader row) => new(
        Id: row.GetInt64(0),
        UserId: row.GetInt64(1),
        OriginalFilename: row.GetString(2),
        UploadDate: row.GetFieldValue<DateTimeOffset>(3),
        Width: row.GetInt32(4),
        Height: row.GetInt32(5),
        FileSize: row.GetInt64(6),
        FileType: row.GetString(7),
        StoragePath: row.GetString(8),
        Status: row.GetString(9),
        Version: row.GetInt32(10),
        Sha256: row.IsDBNull(11) ? null : row.GetFieldValue<byte[]>(11),
        MediaKey: Text(row, 12),
        FailureReason: Text(row, 13),
        FailureDetail: Text(row, 14),
        Renditions: Text(row, 15) is { } renditions ? JsonSerializer.Deserialize<IReadOnlyList<StoredRendition>>(renditions)! : [],
        Analysis: Text(row, 16) is { } analysis ? JsonSerializer.Deserialize<ImageAnalysis>(analysis) : null,
        Recognition: Text(row, 17) is { } recognition ? JsonSerializer.Deserialize<ImageRecognition>(recognition) : null);

    private static string? Text(NpgsqlDataReader row, int column) => row.IsDBNull(column) ? null : row.GetString(column);
}
