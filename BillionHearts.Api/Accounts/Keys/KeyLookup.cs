using BillionHearts.Api.Accounts.Secrets;
using BillionHearts.Api.Platform.Data.Batches;
using Npgsql;

namespace BillionHearts.Api.Accounts.Keys;

/// <summary>Finds keys that are neither revoked nor expired by their hash. In batches, because each request with a key needs a lookup.</summary>
internal sealed class KeyLookup
{
    private const int MaxBatch = 128;

    private const string Query =
        """
        SELECT hash, id, user_id, scopes, expires_at FROM api_keys
        WHERE hash = ANY($1) AND revoked_at IS NULL AND (expires_at IS NULL OR expires_at > now())
        """;

    private readonly BatchDatabase _database;
    private readonly Batcher<string, Grant?> _batches;

    public KeyLookup(BatchDatabase database)
    {
        _database = database;
        _batches = new Batcher<string, Grant?>("API keys by hash", MaxBatch, maxParallel: 2, FindAsync);
    }

    public Task<Grant?> FindAsync(string secret, CancellationToken cancellationToken) =>
        _batches.SubmitAsync(Convert.ToHexString(SecretText.Hash(secret)), cancellationToken);

    private Task<IReadOnlyList<Grant?>> FindAsync(IReadOnlyList<string> hashes, CancellationToken cancellationToken) => _database.RunAsync<IReadOnlyList<Grant?>>(
        async (connection, cancel) =>
        {
            await using var command = new NpgsqlCommand(Query, connection) { Parameters = { new() { Value = hashes.Select(Convert.FromHexString).ToArray() } } };
            await using var reader = await command.ExecuteReaderAsync(cancel);
            var found = new Dictionary<string, Grant>();

            while (await reader.ReadAsync(cancel))
            {
                found[Convert.ToHexString(reader.GetFieldValue<byte[]>(0))] = new Grant(
                    reader.GetInt64(1), reader.GetInt64(2), reader.GetFieldValue<string[]>(3), await reader.IsDBNullAsync(4, cancel) ? null : reader.GetFieldValue<DateTimeOffset>(4));
            }

            return [.. hashes.Select(hash => found.GetValueOrDefault(hash))];
        },
        cancellationToken);
}

/// <summary>The user that a key acts for, and its scopes.</summary>
internal sealed record Grant(long KeyId, long UserId, IReadOnlyList<string> Scopes, DateTimeOffset? ExpiresAt);
