namespace BillionHearts.Notifications.Data;

/// <summary>A user's sequence. Adding an event locks its row, so that events are committed in order.</summary>
internal sealed class UserStream
{
    public required long UserId { get; init; }

    /// <summary>Sequence of the newest event.</summary>
    public required long Sequence { get; init; }
}
