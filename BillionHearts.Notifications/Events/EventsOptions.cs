using System.ComponentModel.DataAnnotations;

namespace BillionHearts.Notifications.Events;

/// <summary>How long a user's events are kept, and how they are streamed. Bound from the section <c>Events</c>.</summary>
internal sealed record EventsOptions
{
    public const string SectionName = "Events";

    /// <summary>How long an event can be replayed. Must be longer than a message may wait for redelivery, or a duplicate is streamed twice.</summary>
    [Range(typeof(TimeSpan), "1.00:00:00", "365.00:00:00")]
    public TimeSpan Retention { get; init; } = TimeSpan.FromDays(7);

    /// <summary>
    /// A stream without Last-Event-ID begins with the events of this period, so that it includes a photo that was analysed between its upload
    /// and the opening of the stream. Zero begins with new events only.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:00", "1.00:00:00")]
    public TimeSpan CatchUp { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>After this time without an event a comment is sent, so that proxies and clients see that the stream is alive.</summary>
    [Range(typeof(TimeSpan), "00:00:00.100", "00:05:00")]
    public TimeSpan Heartbeat { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>
    /// How often the database is queried for events that another replica stored and whose notification was lost. One query for all open streams.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:00.100", "00:01:00")]
    public TimeSpan PollInterval { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Streams and waiting requests that one user may hold open at one replica. Each costs a connection and some 20 KB.</summary>
    [Range(1, 1000)]
    public int StreamsPerUser { get; init; } = 5;

    /// <summary>Streams and waiting requests of all users at one replica.</summary>
    [Range(1, 1_000_000)]
    public int MaxStreams { get; init; } = 10_000;

    /// <summary>How long a client waits before it reconnects.</summary>
    [Range(typeof(TimeSpan), "00:00:00.100", "00:01:00")]
    public TimeSpan Reconnect { get; init; } = TimeSpan.FromSeconds(2);
}
