namespace BillionHearts.Web.Backend;

internal static class BackendRegistration
{
    private static readonly Uri s_api = new("http://api");

    public static void AddBackend(this WebApplicationBuilder builder)
    {
        builder.Services.AddTransient<VisitorHandler>();
        builder.Services.AddTransient<CallerHandler>();
        // Asked for tokens by the handler itself, so without it.
        builder.Services.AddHttpClient<TokenClient>(http => http.BaseAddress = s_api);
        builder.AddApiClient<SessionClient>();
        builder.AddApiClient<UserClient>();
        builder.AddApiClient<PhotoClient>();
        builder.AddApiClient<ShareClient>();
        builder.AddVisitorClient<VisitorClient>();
        builder.AddApiClient<LibraryClient>();
    }

    private static void AddApiClient<TClient>(this WebApplicationBuilder builder) where TClient : class =>
        builder.AddVisitorClient<TClient>().AddHttpMessageHandler<CallerHandler>();

    private static IHttpClientBuilder AddVisitorClient<TClient>(this WebApplicationBuilder builder) where TClient : class =>
        builder.Services.AddHttpClient<TClient>(http => http.BaseAddress = s_api).AddHttpMessageHandler<VisitorHandler>();
}
