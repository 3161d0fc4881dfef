using System.ComponentModel.DataAnnotations;

namespace BillionHearts.Notifications.Events;

/// <summary>What is kept of a user's events, and how they are told. Bound from the section <c>Events</c>.</summary>
internal sealed record EventsOptions
{
    public const string SectionName = "Events";

    /// <summary>How long an event can be replayed. Must be longer than a message may wait for redelivery, or a duplicate is told twice.</summary>
    [Range(typeof(TimeSpan), "1.00:00:00", "365.00:00:00")]
    public TimeSpan Retention { get; init; } = TimeSpan.FromDays(7);

    /// <summary>
    /// A stream without Last-Event-ID begins with the events of this long ago, so that a photo analysed between its upload and
    /// the opening of the stream is told of. Zero begins with what happens from now on.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:00", "1.00:00:00")]
    public TimeSpan CatchUp { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>After this long without an event a comment is sent, so that proxies and clients see the stream alive.</summary>
    [Range(typeof(TimeSpan), "00:00:00.100", "00:05:00")]
    public TimeSpan Heartbeat { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>How often the database is asked for events that another replica stored. One query for all open streams.</summary>
    [Range(typeof(TimeSpan), "00:00:00.100", "00:01:00")]
    public TimeSpan PollInterval { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Streams that one user may hold open at one replica. Each costs a connection and some 20 KB.</summary>
    [Range(1, 1000)]
    public int StreamsPerUser { get; init; } = 5;

    /// <summary>How long a client that lost its stream waits before it comes back.</summary>
    [Range(typeof(TimeSpan), "00:00:00.100", "00:01:00")]
    public TimeSpan Reconnect { get; init; } = TimeSpan.FromSeconds(2);
}
