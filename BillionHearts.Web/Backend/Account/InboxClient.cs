namespace BillionHearts.Web.Backend.Account;

/// <summary>What the user was told.</summary>
internal sealed class InboxClient(HttpClient http)
{
    private const int PageSize = 50;

    /// <param name="cursor">Of the page before; null for the newest.</param>
    public Task<Answer<InboxPage>> ListAsync(long userId, long? cursor, bool onlyUnread, CancellationToken cancellationToken) =>
        http.ReadAsync<InboxPage>($"/users/{userId}/notifications?limit={PageSize}{(onlyUnread ? "&unread=true" : "")}{(cursor is null ? "" : $"&cursor={cursor}")}", cancellationToken);

    /// <param name="upTo">All up to this one.</param>
    public Task<string?> MarkReadAsync(long userId, long? upTo, long? id, CancellationToken cancellationToken) => http.ChangeAsync(
        HttpMethod.Post, $"/users/{userId}/notifications/read", new { up_to = upTo, ids = id is { } one ? new[] { one } : null }, cancellationToken);
}

/// <param name="NextCursor">Null on the last page.</param>
public sealed record InboxPage(IReadOnlyList<Notification> Notifications, int UnreadCount, long? NextCursor);

/// <param name="ImageId">0 if it is about no image.</param>
public sealed record Notification(
    long Id, string Type, long ImageId, int Version, DateTime OccurredAt, DateTime? ReadAt, NotificationFailure? Failure, IReadOnlyList<NotificationDuplicate>? Duplicates);

public sealed record NotificationFailure(string Reason, string Detail);

public sealed record NotificationDuplicate(long ImageId);
