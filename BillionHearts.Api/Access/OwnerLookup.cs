using BillionHearts.Api.Data.Batches;
using Npgsql;

namespace BillionHearts.Api.Access;

/// <summary>Whose something is, asked of the database in batches: it is asked for nearly every request.</summary>
internal sealed class OwnerLookup(BatchDatabase database)
{
    private const int MaxBatch = 128;

    private readonly Batcher<long, long?> _users = Ask<long>(
        database, "users by id", "SELECT id, id FROM users WHERE id = ANY($1) AND disabled_at IS NULL");

    private readonly Batcher<long, long?> _operators = Ask<long>(
        database, "operators by id", "SELECT id, id FROM users WHERE id = ANY($1) AND disabled_at IS NULL AND operator_since IS NOT NULL");

    private readonly Batcher<long, long?> _images = Ask<long>(
        database, "owners of images", "SELECT id, user_id FROM images WHERE id = ANY($1) AND deleted_at IS NULL");

    private readonly Batcher<string, long?> _uploads = Ask<string>(
        database, "owners of uploads", "SELECT id::text, user_id FROM resumable_uploads WHERE id = ANY($1::bpchar[])");

    /// <summary>Whether there is such a user, and may sign in.</summary>
    public async Task<bool> IsUserAsync(long id, CancellationToken cancellationToken) => await _users.SubmitAsync(id, cancellationToken) is not null;

    /// <returns>The user's own id, or <see langword="null"/> when they are no operator.</returns>
    public Task<long?> OfOperatorAsync(long id, CancellationToken cancellationToken) => _operators.SubmitAsync(id, cancellationToken);

    public Task<long?> OfImageAsync(long id, CancellationToken cancellationToken) => _images.SubmitAsync(id, cancellationToken);

    public Task<long?> OfUploadAsync(string id, CancellationToken cancellationToken) => _uploads.SubmitAsync(id, cancellationToken);

    private static Batcher<TKey, long?> Ask<TKey>(BatchDatabase database, string name, string query) where TKey : notnull => new(
        name, MaxBatch, maxParallel: 2, (keys, cancellationToken) => database.RunAsync<IReadOnlyList<long?>>(
            async (connection, cancel) =>
            {
                await using var command = new NpgsqlCommand(query, connection) { Parameters = { new() { Value = keys.Distinct().ToArray() } } };
                await using var reader = await command.ExecuteReaderAsync(cancel);
                var owners = new Dictionary<TKey, long>();

                while (await reader.ReadAsync(cancel))
                {
                    owners[reader.GetFieldValue<TKey>(0)] = reader.GetInt64(1);
                }

                return [.. keys.Select(key => owners.TryGetValue(key, out var owner) ? owner : (long?)null)];
            },
            cancellationToken));
}
