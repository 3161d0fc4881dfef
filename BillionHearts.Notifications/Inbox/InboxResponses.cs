using BillionHearts.Contracts;
using BillionHearts.Notifications.Data;
using BillionHearts.Notifications.Streaming;

namespace BillionHearts.Notifications.Inbox;

/// <summary>An event of the user's log.</summary>
/// <param name="Id">Consecutive for each user; the <c>id</c> of the same event in the stream.</param>
internal sealed record NotificationResponse(
    long Id, Guid EventId, string Type, long ImageId, int Version, DateTime OccurredAt, DateTime? ReadAt, AnalysisFailure? Failure,
    IReadOnlyList<DuplicateData>? Duplicates)
{
    public static NotificationResponse From(UserEvent e)
    {
        var data = EventData.From(e);

        return new NotificationResponse(
            e.Sequence, e.EventId, e.Type, e.ImageId, e.Version, e.OccurredAt.UtcDateTime, e.ReadAt?.UtcDateTime, data.Failure, data.Duplicates);
    }
}

/// <param name="NextCursor">Of the next page; absent on the last one.</param>
internal sealed record InboxResponse(IReadOnlyList<NotificationResponse> Notifications, int UnreadCount, long? NextCursor);

internal sealed record UnreadResponse(int UnreadCount);

/// <summary>Which events to mark as read.</summary>
internal sealed record ReadRequest(long? UpTo, IReadOnlyList<long>? Ids)
{
    public const int MaxIds = 200;
}
