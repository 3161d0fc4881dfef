using BillionHearts.Notifications.Errors;
using BillionHearts.Notifications.Events;
using BillionHearts.Notifications.Input;
using BillionHearts.Notifications.Reference;
using BillionHearts.Notifications.Streaming;
using BillionHearts.Notifications.Users;

namespace BillionHearts.Notifications.Inbox;

internal static class InboxEndpoints
{
    public static void MapInbox(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/users/{id}/notifications", ListNotifications)
            .WithName(nameof(ListNotifications)).WithTags("Notifications").WithSummary("List a user's notifications, in pages")
            .WithDescription(
                "The events of the stream, newest first, with the time at which each was marked as read. `type` may be repeated; `unread=true` leaves out those that " +
                "were read. The Link header has the address of the next page with `rel=\"next\"`. With `after`, events with a greater id come oldest first; with " +
                "`wait`, the answer waits up to so many seconds for one: a long poll, for clients that cannot read a stream. Events are kept for a week unless " +
                "the installation says otherwise.")
            .TakesQuery(("limit", $"1 to {InboxQuery.MaxLimit}"), ("cursor", "of the Link header"), ("type", "such as image.analyzed"), ("unread", "true or false"),
                ("after", "an id"), ("wait", $"seconds, at most {InboxQuery.MaxWait}"))
            .Produces<InboxResponse>()
            .Refuses(401, 403, 404, 422, 429, 503);
        routes.MapPost("/users/{id}/notifications/read", MarkRead)
            .WithName(nameof(MarkRead)).WithTags("Notifications").WithSummary("Mark notifications as read")
            .WithDescription("All up to the id `up_to`, those in `ids`, or both. Marking one twice changes nothing.")
            .Accepts<ReadRequest>("application/json")
            .Produces<UnreadResponse>()
            .Refuses(401, 403, 404, 413, 415, 422, 503);
    }

    private static async Task<IResult> ListNotifications(string id, HttpContext http, UserCalls calls, EventStore store, StreamOpening opening, EventStream stream)
    {
        var (query, refusal) = InboxQuery.Read(http.Request.Query);

        if (query is null)
        {
            return refusal!;
        }

        return await calls.RunAsync(id, http, async (verdict, cancellationToken) =>
        {
            if (query.After is not null)
            {
                var (subscription, full) = await opening.SubscribeAsync(verdict, cancellationToken);
                return subscription is null ? full! : await LongPoll.BeginAsync(subscription, query, stream, cancellationToken);
            }

            var userId = verdict.Holder.UserId;
            var found = await store.ReadBackAsync(userId, query.Before, query.Types, query.OnlyUnread, query.Limit + 1, cancellationToken);
            long? next = null;

            if (found.Count > query.Limit)
            {
                found.RemoveAt(query.Limit);
                next = found[^1].Sequence;
                http.Response.Headers.Link = $"<{NextPage(http.Request, next.Value)}>; rel=\"next\"";
            }

            http.Response.Headers.CacheControl = "private, no-store";
            return TypedResults.Ok(new InboxResponse(
                [.. found.Select(NotificationResponse.From)], await store.CountUnreadAsync(userId, cancellationToken), next));
        });
    }

    private static async Task<IResult> MarkRead(string id, HttpContext http, UserCalls calls, EventStore store) =>
        await calls.RunAsync(id, http, async (verdict, cancellationToken) =>
        {
            var (request, refusal) = await JsonBody.ReadAsync<ReadRequest>(http.Request, cancellationToken);

            if (request is null)
            {
                return refusal!;
            }

            if (request is { UpTo: null, Ids: null })
            {
                return Problems.InvalidField("up_to", "is required, unless ids is given");
            }

            if (request.Ids is { Count: > ReadRequest.MaxIds })
            {
                return Problems.InvalidField("ids", $"has {request.Ids.Count} ids, more than the limit of {ReadRequest.MaxIds}");
            }

            var userId = verdict.Holder.UserId;
            await store.MarkReadAsync(userId, request.UpTo ?? 0, request.Ids ?? [], cancellationToken);

            return TypedResults.Ok(new UnreadResponse(await store.CountUnreadAsync(userId, cancellationToken)));
        });

    private static string NextPage(HttpRequest request, long cursor) =>
        $"{request.Path}{QueryString.Create(request.Query.Where(parameter => parameter.Key is not "cursor").Append(new("cursor", $"{cursor}")))}";
}
