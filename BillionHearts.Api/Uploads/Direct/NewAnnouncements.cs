using System.Collections.Concurrent;
using BillionHearts.Api.Platform.Data;
using BillionHearts.Api.Platform.Data.Batches;
using Npgsql;
using NpgsqlTypes;

namespace BillionHearts.Api.Uploads.Direct;

/// <summary>Inserts images that await their content in batches: one statement and one commit for all requests that arrive together.</summary>
internal sealed class NewAnnouncements
{
    private const int MaxBatch = 64;

    /// <summary>Must match Entity Framework's sequence, where each value stands for ten ids.</summary>
    private const int IdsPerValue = 10;

    private const int ValuesAtOnce = 16;

    // If a lost answer makes us insert a row again, it already exists and is not changed.
    private const string Insert =
        """
        WITH added AS (
            SELECT n.* FROM unnest($1, $2, $3, $4, $5, $6, $7, $8, $9)
                AS n (id, user_id, original_filename, upload_date, width, height, file_size, file_type, storage_path)
            JOIN users ON users.id = n.user_id
        ), written AS (
            INSERT INTO images (id, user_id, original_filename, upload_date, width, height, file_size, file_type, storage_path, status, version,
                                analysis_attempt, renditions, removal_attempts)
            SELECT id, user_id, original_filename, upload_date, width, height, file_size, file_type, storage_path, 'awaiting_content', 0, 0, '[]', 0 FROM added
            ON CONFLICT (id) DO NOTHING
        )
        SELECT id FROM added
        """;

    private readonly BatchDatabase _database;
    private readonly Batcher<Image, bool> _batches;
    private readonly ConcurrentQueue<long> _ids = new();

    public NewAnnouncements(BatchDatabase database)
    {
        _database = database;
        _batches = new Batcher<Image, bool>("announced images", MaxBatch, maxParallel: 2, AddAsync);
    }

    /// <summary>An unused id, from a block that this process has reserved.</summary>
    public async ValueTask<long> NextIdAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            if (_ids.TryDequeue(out var id))
            {
                return id;
            }

            foreach (var first in await TakeBlocksAsync(cancellationToken))
            {
                for (var i = 0; i < IdsPerValue; i++)
                {
                    _ids.Enqueue(first + i);
                }
            }
        }
    }

    /// <returns>Whether the user exists.</returns>
    public Task<bool> AddAsync(Image image, CancellationToken cancellationToken) => _batches.SubmitAsync(image, cancellationToken);

    private Task<List<long>> TakeBlocksAsync(CancellationToken cancellationToken) => _database.RunAsync(
        async (connection, cancel) =>
        {
            await using var command = new NpgsqlCommand("SELECT nextval('images_id_seq') FROM generate_series(1, $1)", connection)
            {
                Parameters = { new() { Value = ValuesAtOnce } },
            };
            return await ReadIdsAsync(command, cancel);
        },
        cancellationToken);

    private Task<IReadOnlyList<bool>> AddAsync(IReadOnlyList<Image> images, CancellationToken cancellationToken) => _database.RunAsync<IReadOnlyList<bool>>(
        async (connection, cancel) =>
        {
            await using var command = new NpgsqlCommand(Insert, connection);
            Add(NpgsqlDbType.Bigint, image => image.Id);
            Add(NpgsqlDbType.Bigint, image => image.UserId);
            Add(NpgsqlDbType.Text, image => image.OriginalFilename);
            Add(NpgsqlDbType.TimestampTz, image => image.UploadDate);
            Add(NpgsqlDbType.Integer, image => image.Width);
            Add(NpgsqlDbType.Integer, image => image.Height);
            Add(NpgsqlDbType.Bigint, image => image.FileSize);
            Add(NpgsqlDbType.Text, image => image.FileType);
            Add(NpgsqlDbType.Text, image => image.StoragePath);

            var added = (await ReadIdsAsync(command, cancel)).ToHashSet();
            return [.. images.Select(image => added.Contains(image.Id))];

            void Add<T>(NpgsqlDbType type, Func<Image, T> column) =>
                command.Parameters.Add(new NpgsqlParameter { NpgsqlDbType = NpgsqlDbType.Array | type, Value = images.Select(column).ToArray() });
        },
        cancellationToken);

    private static async Task<List<long>> ReadIdsAsync(NpgsqlCommand command, CancellationToken cancellationToken)
    {
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var ids = new List<long>();

        while (await reader.ReadAsync(cancellationToken))
        {
            ids.Add(reader.GetInt64(0));
        }

        return ids;
    }
}
