namespace BillionHearts.Api.Platform.Http;

internal static class HttpClientExtensions
{
    /// <summary>Removes the default resilience handler, for a client whose caller decides what to retry.</summary>
    public static IHttpClientBuilder WithoutRetries(this IHttpClientBuilder client)
    {
#pragma warning disable EXTEXP0001 // For evaluation only: there is no other way to remove a default handler.
        return client.RemoveAllResilienceHandlers();
#pragma warning restore EXTEXP0001
    }
}
