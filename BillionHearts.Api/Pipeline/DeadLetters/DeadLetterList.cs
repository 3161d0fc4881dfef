using System.Text.Json;
using BillionHearts.Api.Platform.Data;
using Microsoft.EntityFrameworkCore;

namespace BillionHearts.Api.Pipeline.DeadLetters;

/// <summary>Shows dead letters to operators.</summary>
internal sealed class DeadLetterList(ImagesDbContext db)
{
    public const int PageSize = 100;

    /// <summary>Bytes of each body that a list reads.</summary>
    private const int ReadBytes = 4096;

    /// <summary>Characters of a body that a list shows, and those that one letter shows.</summary>
    private const int HeadLength = 200;
    private const int BodyLength = 16 * 1024;

    /// <summary>Newest first.</summary>
    /// <param name="before">Only letters with a smaller id.</param>
    public async Task<IReadOnlyList<DeadLetterResponse>> ReadAsync(long before, CancellationToken cancellationToken)
    {
        var rows = await db.Database.SqlQuery<Row>(
            $"""
            SELECT id, stored_at, died_at, queue, reason, routing_key, message_id,
                   octet_length(body)::bigint AS size, substring(body FROM 1 FOR {ReadBytes}) AS head
            FROM dead_letters WHERE id < {before} ORDER BY id DESC LIMIT {PageSize}
            """)
            .ToListAsync(cancellationToken);

        return [.. rows.Select(row => row.ToResponse())];
    }

    public async Task<DeadLetterDetail?> FindAsync(long id, CancellationToken cancellationToken)
    {
        if (await db.DeadLetters.AsNoTracking().SingleOrDefaultAsync(letter => letter.Id == id, cancellationToken) is not { } letter)
        {
            return null;
        }

        var (body, isCut) = BodyText.Of(letter.Body, isWhole: true, BodyLength);

        return new DeadLetterDetail(
            letter.Id, letter.StoredAt.UtcDateTime, letter.DiedAt?.UtcDateTime, letter.Queue, letter.Reason, letter.RoutingKey, letter.MessageId,
            letter.Body.Length, letter.Traceparent, letter.Headers is null ? null : JsonElement.Parse(letter.Headers), body, isCut);
    }

    private sealed class Row
    {
        public long Id { get; init; }

        public DateTimeOffset StoredAt { get; init; }

        public DateTimeOffset? DiedAt { get; init; }

        public required string Queue { get; init; }

        public required string Reason { get; init; }

        public string? RoutingKey { get; init; }

        public string? MessageId { get; init; }

        public long Size { get; init; }

        public required byte[] Head { get; init; }

        public DeadLetterResponse ToResponse() => new(
            Id, StoredAt.UtcDateTime, DiedAt?.UtcDateTime, Queue, Reason, RoutingKey, MessageId, Size, BodyText.Of(Head, isWhole: Head.Length == Size, HeadLength).Text);
    }
}
