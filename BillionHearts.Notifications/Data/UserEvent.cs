namespace BillionHearts.Notifications.Data;

/// <summary>An event of a user's stream.</summary>
internal sealed class UserEvent
{
    public required long UserId { get; init; }

    /// <summary>Counted from 1 for each user, without gaps and in the order of the commits.</summary>
    public required long Sequence { get; init; }

    /// <summary>Unique: a message that is delivered twice is stored once.</summary>
    public required Guid EventId { get; init; }

    public required string Type { get; init; }

    public required long ImageId { get; init; }

    public required int Version { get; init; }

    public required DateTimeOffset OccurredAt { get; init; }

    /// <summary>By the database's clock. Retention and catch-up use it.</summary>
    public DateTimeOffset RecordedAt { get; init; }

    /// <summary>When the user marked it as read, by the database's clock; null before.</summary>
    public DateTimeOffset? ReadAt { get; init; }

    public string? FailureReason { get; init; }

    public string? FailureDetail { get; init; }

    /// <summary>JSON: the <see cref="Contracts.DuplicateImage"/>s of the event.</summary>
    public string? Duplicates { get; init; }
}
