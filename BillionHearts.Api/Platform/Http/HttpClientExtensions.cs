namespace BillionHearts.Api.Platform.Http;

internal static class HttpClientExtensions
{
    /// <summary>A client whose caller decides what is asked for again: without the handler that all others have.</summary>
    public static IHttpClientBuilder WithoutRetries(this IHttpClientBuilder client)
    {
#pragma warning disable EXTEXP0001 // For evaluation only: there is no other way to take a default handler back.
        return client.RemoveAllResilienceHandlers();
#pragma warning restore EXTEXP0001
    }
}
