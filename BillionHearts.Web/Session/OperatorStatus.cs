using BillionHearts.Web.Backend.Operations;
using Microsoft.Extensions.Caching.Memory;
using Polly;

namespace BillionHearts.Web.Session;

/// <summary>
/// Whether the user of a request is an operator. The api says so, once a minute for each user and not for each page; while it is away, what it said last counts.
/// The pages' own calls are judged by the api each time.
/// </summary>
internal sealed class OperatorStatus(OperatorClient client, IMemoryCache cache, TimeProvider clock)
{
    private static readonly TimeSpan s_freshFor = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan s_rememberedFor = TimeSpan.FromMinutes(10);

    public async Task<bool> IsOperatorAsync(long userId, CancellationToken cancellationToken)
    {
        var key = (nameof(OperatorStatus), userId);
        var known = cache.Get<Known>(key);

        if (known is not null && clock.GetElapsedTime(known.At) < s_freshFor)
        {
            return known.IsOperator;
        }

        try
        {
            if (await client.IsOperatorAsync(userId, cancellationToken) is { } isOperator)
            {
                return cache.Set(key, new Known(isOperator, clock.GetTimestamp()), s_rememberedFor).IsOperator;
            }
        }
        catch (Exception exception) when (exception is HttpRequestException or ExecutionRejectedException)
        {
            // As below.
        }

        return known?.IsOperator ?? false;
    }

    private sealed record Known(bool IsOperator, long At);
}
