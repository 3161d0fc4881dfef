using BillionHearts.Api.Platform.Data.Batches;
using BillionHearts.ServiceDefaults.Errors;
using Microsoft.Extensions.Options;
using Npgsql;
using OpenTelemetry;

namespace BillionHearts.Api.Pipeline.Results;

/// <summary>
/// Wakes requests that wait for the end of an image's analysis. A result that this process stores wakes them at once. For results that another replica
/// stores, one query looks at all awaited images together, and only while there are any.
/// </summary>
/// <remarks>No <c>LISTEN/NOTIFY</c>: a notification in the commit of each result would serialise all commits of the database (ADR 4).</remarks>
internal sealed partial class AnalysisWaits(BatchDatabase database, TimeProvider clock, IOptions<WaitOptions> options, ILogger<AnalysisWaits> logger)
{
    /// <summary>The time between two queries.</summary>
    internal static readonly TimeSpan Period = TimeSpan.FromMilliseconds(250);

    // By the primary key, one image after the other. A missing row is an image that was deleted and removed.
    private const string Query =
        """
        SELECT awaited.id FROM unnest($1) AS awaited (id)
        WHERE NOT EXISTS (SELECT FROM images WHERE images.id = awaited.id AND status = 'pending' AND deleted_at IS NULL)
        """;

    private static readonly TimeSpan s_retryAfter = TimeSpan.FromSeconds(2);

    private readonly Lock _lock = new();
    private readonly Dictionary<long, List<Place>> _images = [];
    private readonly Dictionary<long, int> _users = [];
    private int _count;
    private bool _isPolling;

    /// <summary>How many requests wait.</summary>
    public int Count
    {
        get
        {
            lock (_lock)
            {
                return _count;
            }
        }
    }

    /// <summary>The answer to a request that gets no place.</summary>
    public Problem Full => new(
        503, "busy", "Service unavailable",
        $"Too many requests already wait for an analysis: at most {options.Value.MaxPerUser} may for images of one user, and {options.Value.MaxWaiting} in all. Ask without wait, or later.")
    { RetryAfter = s_retryAfter };

    /// <summary>Takes a place, which the caller must dispose.</summary>
    /// <returns><see langword="null"/> if all places are taken, or all of this user.</returns>
    public Place? TryEnter(long imageId, long userId)
    {
        lock (_lock)
        {
            var ofUser = _users.GetValueOrDefault(userId);

            if (_count >= options.Value.MaxWaiting || ofUser >= options.Value.MaxPerUser)
            {
                return null;
            }

            var place = new Place(this, imageId, userId);
            _count++;
            _users[userId] = ofUser + 1;
            (_images.TryGetValue(imageId, out var places) ? places : _images[imageId] = []).Add(place);
            StartPolling();
            return place;
        }
    }

    /// <summary>Wakes those that wait for an image. They look at it themselves, so a call too many does no harm.</summary>
    public void Ended(long imageId)
    {
        lock (_lock)
        {
            if (_images.TryGetValue(imageId, out var places))
            {
                places.ForEach(place => place.Wake());
            }
        }
    }

    private void Leave(Place place)
    {
        lock (_lock)
        {
            if (!_images.TryGetValue(place.ImageId, out var places) || !places.Remove(place))
            {
                return;
            }

            _count--;

            if (places.Count is 0)
            {
                _images.Remove(place.ImageId);
            }

            if (--_users[place.UserId] is 0)
            {
                _users.Remove(place.UserId);
            }
        }
    }

    private void StartPolling()
    {
        if (!_isPolling)
        {
            _isPolling = true;
            // Without the context of the request that happens to be first.
            ExecutionContext.Run(EmptyContext.Value, static self => _ = ((AnalysisWaits)self!).PollAsync(), this);
        }
    }

    private async Task PollAsync()
    {
        using var quiet = SuppressInstrumentationScope.Begin();

        while (true)
        {
            await Task.Delay(Period, clock);
            long[] awaited;

            lock (_lock)
            {
                if (_images.Count is 0)
                {
                    _isPolling = false;
                    return;
                }

                awaited = [.. _images.Keys];
            }

            try
            {
                foreach (var id in await FindEndedAsync(awaited))
                {
                    Ended(id);
                }
            }
            catch (Exception exception)
            {
                // The requests wait on, up to their own limit.
                Log.NotRead(logger, exception.GetBaseException().Message);
            }
        }
    }

    private Task<List<long>> FindEndedAsync(long[] awaited) => database.RunAsync(
        async (connection, cancel) =>
        {
            await using var command = new NpgsqlCommand(Query, connection) { Parameters = { new() { Value = awaited } } };
            await using var reader = await command.ExecuteReaderAsync(cancel);
            var ended = new List<long>();

            while (await reader.ReadAsync(cancel))
            {
                ended.Add(reader.GetInt64(0));
            }

            return ended;
        },
        CancellationToken.None);

    /// <summary>The place of one waiting request.</summary>
    internal sealed class Place(AnalysisWaits waits, long imageId, long userId) : IDisposable
    {
        private readonly SemaphoreSlim _changed = new(0);

        public long ImageId => imageId;

        public long UserId => userId;

        /// <summary>Returns when the image may have changed since the last call.</summary>
        public Task ChangedAsync(CancellationToken cancellationToken) => _changed.WaitAsync(cancellationToken);

        public void Wake() => _changed.Release();

        public void Dispose()
        {
            waits.Leave(this);
            _changed.Dispose();
        }
    }

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Warning, "The images that requests wait for could not be read: {Reason}")]
        public static partial void NotRead(ILogger logger, string reason);
    }
}
