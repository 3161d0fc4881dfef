using System.Text.Json;
using BillionHearts.Api.Platform.Data;
using BillionHearts.Api.Platform.Data.Batches;
using BillionHearts.Contracts;
using Npgsql;

namespace BillionHearts.Api.Images;

/// <summary>Images by id, as they are shown: the call that is made most, asked of the database in batches.</summary>
internal sealed class ImageReads
{
    private const int MaxBatch = 128;

    private const string Query =
        """
        SELECT id, user_id, original_filename, upload_date, width, height, file_size, file_type, storage_path, status, version,
               sha256, media_key, failure_reason, failure_detail, nullif(renditions, '[]'), analysis
        FROM images WHERE id = ANY($1) AND deleted_at IS NULL
        """;

    private readonly BatchDatabase _database;
    private readonly Batcher<long, Image?> _batches;

    public ImageReads(BatchDatabase database)
    {
        _database = database;
        // What follows is that the image is written out as JSON.
        _batches = new Batcher<long, Image?>("images by id", MaxBatch, maxParallel: 1, FindAsync) { ContinuesInline = true };
    }

    /// <summary>The image as of a moment after the call. For reading only: not all of its fields are filled.</summary>
    public Task<Image?> FindAsync(long id, CancellationToken cancellationToken) => _batches.SubmitAsync(id, cancellationToken);

    private Task<IReadOnlyList<Image?>> FindAsync(IReadOnlyList<long> ids, CancellationToken cancellationToken) => _database.RunAsync<IReadOnlyList<Image?>>(
        async (connection, cancel) =>
        {
            await using var command = new NpgsqlCommand(Query, connection) { Parameters = { new() { Value = ids.ToArray() } } };
            await using var reader = await command.ExecuteReaderAsync(cancel);
            var found = new Dictionary<long, Image>();

            while (await reader.ReadAsync(cancel))
            {
                var image = Read(reader);
                found[image.Id] = image;
            }

            return [.. ids.Select(id => found.GetValueOrDefault(id))];
        },
        cancellationToken);

    private static Image Read(NpgsqlDataReader row) => new()
    {
        Id = row.GetInt64(0),
        UserId = row.GetInt64(1),
        OriginalFilename = row.GetString(2),
        UploadDate = row.GetFieldValue<DateTimeOffset>(3),
        Width = row.GetInt32(4),
        Height = row.GetInt32(5),
        FileSize = row.GetInt64(6),
        FileType = row.GetString(7),
        StoragePath = row.GetString(8),
        Status = row.GetString(9),
        Version = row.GetInt32(10),
        Sha256 = row.IsDBNull(11) ? null : row.GetFieldValue<byte[]>(11),
        MediaKey = Text(row, 12),
        FailureReason = Text(row, 13),
        FailureDetail = Text(row, 14),
        Renditions = Text(row, 15) is { } renditions ? JsonSerializer.Deserialize<IReadOnlyList<StoredRendition>>(renditions)! : [],
        Analysis = Text(row, 16) is { } analysis ? JsonSerializer.Deserialize<ImageAnalysis>(analysis) : null,
    };

    private static string? Text(NpgsqlDataReader row, int column) => row.IsDBNull(column) ? null : row.GetString(column);
}
