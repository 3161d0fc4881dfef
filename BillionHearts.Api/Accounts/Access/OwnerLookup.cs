using System.Collections.Concurrent;
using BillionHearts.Api.Platform.Data.Batches;
using BillionHearts.Api.Platform.Input;
using BillionHearts.ServiceDefaults.Errors;
using Npgsql;

namespace BillionHearts.Api.Accounts.Access;

/// <summary>Looks up users and owners in batches, because nearly every request needs such a lookup.</summary>
internal sealed class OwnerLookup(BatchDatabase database)
{
    private const int MaxBatch = 128;

    private static readonly OwnedResource s_users = new(
        "users by id", "id", "SELECT id::text, id FROM users WHERE id = ANY($1::bigint[]) AND disabled_at IS NULL", AccessProblems.InvalidToken)
    { HasNumericId = true };

    private static readonly OwnedResource s_operators = s_users with
    {
        Name = "operators by id",
        OwnerQuery = "SELECT id::text, id FROM users WHERE id = ANY($1::bigint[]) AND disabled_at IS NULL AND operator_since IS NOT NULL",
    };

    private readonly ConcurrentDictionary<OwnedResource, Batcher<string, long?>> _batches = new();

    /// <summary>Whether the user exists and is not disabled.</summary>
    public async Task<bool> IsUserAsync(long id, CancellationToken cancellationToken) => await FindAsync(s_users, $"{id}", cancellationToken) is not null;

    public async Task<bool> IsOperatorAsync(long id, CancellationToken cancellationToken) => await FindAsync(s_operators, $"{id}", cancellationToken) is not null;

    /// <returns>The id of the resource's owner, or <see langword="null"/> when there is no such resource.</returns>
    public Task<long?> FindAsync(OwnedResource resource, string id, CancellationToken cancellationToken) =>
        _batches.GetOrAdd(resource, static (key, source) => CreateBatcher(key, source), database)
            .SubmitAsync(resource.HasNumericId ? $"{RouteId.Parse(id)}" : id, cancellationToken);

    private static Batcher<string, long?> CreateBatcher(OwnedResource resource, BatchDatabase database) => new(
        resource.Name, MaxBatch, maxParallel: 2, (ids, cancellationToken) => database.RunAsync<IReadOnlyList<long?>>(
            async (connection, cancel) =>
            {
                await using var command = new NpgsqlCommand(resource.OwnerQuery, connection) { Parameters = { new() { Value = ids.Distinct().ToArray() } } };
                await using var reader = await command.ExecuteReaderAsync(cancel);

                var owners = new Dictionary<string, long>();
                while (await reader.ReadAsync(cancel))
                {
                    owners[reader.GetString(0)] = reader.GetInt64(1);
                }

                return [.. ids.Select(id => owners.TryGetValue(id, out var owner) ? owner : (long?)null)];
            },
            cancellationToken));
}
