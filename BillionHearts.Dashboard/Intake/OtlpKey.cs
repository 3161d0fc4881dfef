using System.Security.Cryptography;
using System.Text;
using BillionHearts.Dashboard.Configuration;
using BillionHearts.Dashboard.Listening;

namespace BillionHearts.Dashboard.Intake;

/// <summary>Asks every sender for its key before a byte of the body is read. A gRPC client reads 401 as UNAUTHENTICATED.</summary>
internal sealed class OtlpKey(RequestDelegate next, DashboardSettings settings)
{
    private const string Header = "x-otlp-api-key";

    // Of equal length whatever the keys are, so that comparing says nothing about them.
    private readonly byte[][] _hashes = [.. settings.OtlpApiKeys.Select(Hash)];

    public Task InvokeAsync(HttpContext context)
    {
        if (context.Features.Get<ListenerFeature>()?.Listener is null or Listener.Frontend || IsKnown(context.Request.Headers[Header].ToString()))
        {
            return next(context);
        }

        context.Response.StatusCode = StatusCodes.Status401Unauthorized;
        return context.Response.WriteAsync($"The header {Header} is missing or wrong.", context.RequestAborted);
    }

    private bool IsKnown(string key)
    {
        if (_hashes.Length is 0)
        {
            return true;
        }

        var sent = Hash(key);
        var known = false;

        foreach (var hash in _hashes)
        {
            known |= CryptographicOperations.FixedTimeEquals(hash, sent);
        }

        return known;
    }

    private static byte[] Hash(string key) => SHA256.HashData(Encoding.UTF8.GetBytes(key));
}
