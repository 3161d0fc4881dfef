using System.Collections.Concurrent;
using System.Globalization;
using System.Net.ServerSentEvents;
using System.Text.Json;

namespace BillionHearts.Bench;

/// <summary>One user's event stream, which goes on with <c>Last-Event-ID</c> whenever it breaks. It keeps what it was told.</summary>
internal sealed class ListeningClient(HttpClient http, long userId, Action<JsonElement, DateTimeOffset>? heard = null)
{
    private static readonly TimeSpan s_pause = TimeSpan.FromMilliseconds(200);

    private volatile bool _isBroken;

    /// <summary>Each event as it came, also one that came twice.</summary>
    public ConcurrentQueue<(long Id, string Type, long Image, long User)> Told { get; } = [];

    /// <summary>Connections that were made.</summary>
    public int Connections { get; private set; }

    public bool IsOpen { get; private set; }

    /// <summary>Breaks off the connection, as a client that dies.</summary>
    public void Break() => _isBroken = true;

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        var lastId = 0L;

        while (!cancellationToken.IsCancellationRequested)
        {
            _isBroken = false;

            try
            {
                using var request = new HttpRequestMessage(HttpMethod.Get, $"/users/{userId}/events");
                request.Headers.TryAddWithoutValidation("Last-Event-ID", lastId.ToString(CultureInfo.InvariantCulture));
                using var response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
                response.EnsureSuccessStatusCode();
                (Connections, IsOpen) = (Connections + 1, true);
                await using var stream = await response.Content.ReadAsStreamAsync(cancellationToken);

                await foreach (var item in SseParser.Create(stream).EnumerateAsync(cancellationToken))
                {
                    var data = JsonElement.Parse(item.Data);
                    heard?.Invoke(data, TimeProvider.System.GetUtcNow());
                    var id = long.Parse(item.EventId!, CultureInfo.InvariantCulture);

                    if (_isBroken)
                    {
                        // Before it is counted as seen, so that it comes again.
                        break;
                    }

                    lastId = id;
                    Told.Enqueue((id, item.EventType, data.GetProperty("image_id").GetInt64(), data.GetProperty("user_id").GetInt64()));
                }
            }
            catch (Exception exception) when (exception is IOException or HttpRequestException or OperationCanceledException)
            {
                // It goes on where it was.
            }

            IsOpen = false;
            await Task.Delay(s_pause, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }
}
