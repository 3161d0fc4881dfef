namespace BillionHearts.Notifications.Data;

/// <summary>How far a user's events are counted. Its row is locked by whoever adds one, which puts the commits in order.</summary>
internal sealed class UserStream
{
    public required long UserId { get; init; }

    /// <summary>Sequence of the newest event.</summary>
    public required long Sequence { get; init; }
}
