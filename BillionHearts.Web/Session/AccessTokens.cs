using System.Collections.Concurrent;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using BillionHearts.Web.Backend;
using Microsoft.Extensions.Caching.Memory;

namespace BillionHearts.Web.Session;

/// <summary>
/// Access tokens for the sessions that call. Each is used for a minute and then asked for again, so that a session which was ended elsewhere
/// ends here within a minute; one that was ended here ends at once.
/// </summary>
internal sealed class AccessTokens(TokenClient client) : IDisposable
{
    private const int MaxSessions = 10_000;

    private static readonly TimeSpan s_freshFor = TimeSpan.FromMinutes(1);

    private readonly MemoryCache _tokens = new(new MemoryCacheOptions { SizeLimit = MaxSessions });
    private readonly ConcurrentDictionary<string, Task<string?>> _asking = new();

    /// <returns>Null if the session has ended.</returns>
    /// <exception cref="HttpRequestException">The api did not answer.</exception>
    public async Task<string?> FindAsync(string secret, CancellationToken cancellationToken)
    {
        var key = KeyOf(secret);

        if (_tokens.TryGetValue(key, out Known? known) && !_tokens.TryGetValue(known!.SessionId, out _))
        {
            return known.Token;
        }

        // A page of a hundred requests asks once. It goes on if the first of them is cancelled.
        return await _asking.GetOrAdd(key, _ => AskAsync(key, secret)).WaitAsync(cancellationToken);
    }

    public void Forget(string secret) => _tokens.Remove(KeyOf(secret));

    /// <summary>A session was ended by its id: its secret is not known here.</summary>
    public void Forget(long sessionId) => _tokens.Set(sessionId, true, new MemoryCacheEntryOptions { Size = 1, AbsoluteExpirationRelativeToNow = s_freshFor });

    public void Dispose() => _tokens.Dispose();

    private async Task<string?> AskAsync(string key, string secret)
    {
        // The task has to be in the dictionary before it is taken out.
        await Task.Yield();

        try
        {
            var answer = await client.RefreshAsync(secret, CancellationToken.None);

            if (answer.Value is { } token)
            {
                var known = new Known(token.AccessToken, TokenClaims.NumberOf(token.AccessToken, "sid"));
                return _tokens.Set(key, known, new MemoryCacheEntryOptions { Size = 1, AbsoluteExpirationRelativeToNow = s_freshFor }).Token;
            }

            return answer.Status is HttpStatusCode.BadRequest or HttpStatusCode.Unauthorized
                ? null
                : throw new HttpRequestException($"The api answered {(int)answer.Status} when it was asked for an access token.", null, answer.Status);
        }
        finally
        {
            _asking.TryRemove(key, out _);
        }
    }

    private static string KeyOf(string secret) => Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(secret)));

    private sealed record Known(string Token, long SessionId);
}
