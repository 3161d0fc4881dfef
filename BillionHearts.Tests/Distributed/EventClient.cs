using System.Globalization;
using System.Net;
using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;
using System.Text.Json;

namespace BillionHearts.Tests.Distributed;

/// <summary>
/// A sample of a client in C#: the user's events in order, each once, however often the connection breaks. It keeps the id of the last event that it has
/// seen; a program that restarts keeps it in a file.
/// </summary>
public sealed class EventClient(HttpClient http, long userId, long lastId = 0)
{
    private static readonly TimeSpan s_pause = TimeSpan.FromMilliseconds(500);

    /// <exception cref="HttpRequestException">The credentials are refused: sign in again, and go on with the last id.</exception>
    public async IAsyncEnumerable<(long Id, string Type, JsonElement Data)> ListenAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var pause = new PeriodicTimer(s_pause);

        while (true)
        {
            await using var events = ReadAsync(cancellationToken).GetAsyncEnumerator(cancellationToken);

            while (await NextAsync(events))
            {
                var item = events.Current;
                lastId = long.Parse(item.EventId!, CultureInfo.InvariantCulture);
                yield return (lastId, item.EventType, JsonElement.Parse(item.Data));
            }

            await pause.WaitForNextTickAsync(cancellationToken);
        }
    }

    private async IAsyncEnumerable<SseItem<string>> ReadAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, $"/users/{userId}/events");
        request.Headers.TryAddWithoutValidation("Last-Event-ID", lastId.ToString(CultureInfo.InvariantCulture));
        using var response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
        response.EnsureSuccessStatusCode();
        await using var stream = await response.Content.ReadAsStreamAsync(cancellationToken);

        await foreach (var item in SseParser.Create(stream).EnumerateAsync(cancellationToken))
        {
            yield return item;
        }
    }

    /// <returns>False when the connection broke, or could not be made for a reason that passes.</returns>
    private static async Task<bool> NextAsync(IAsyncEnumerator<SseItem<string>> events)
    {
        try
        {
            return await events.MoveNextAsync();
        }
        catch (Exception exception) when (exception is IOException
            or HttpRequestException { StatusCode: not (HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden or HttpStatusCode.NotFound) })
        {
            return false;
        }
    }
}
