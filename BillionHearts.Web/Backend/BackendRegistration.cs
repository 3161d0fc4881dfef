using BillionHearts.Web.Backend.Account;
using BillionHearts.Web.Backend.Operations;

namespace BillionHearts.Web.Backend;

internal static class BackendRegistration
{
    private static readonly Uri s_api = new("http://api");
    private static readonly Uri s_notifications = new("http://notifications");

    public static void AddBackend(this WebApplicationBuilder builder)
    {
        builder.Services.AddTransient<VisitorHandler>();
        builder.Services.AddTransient<CallerHandler>();
        // Asked for tokens by the handler of the others.
        builder.AddVisitorClient<TokenClient>(s_api);
        builder.AddVisitorClient<VisitorClient>(s_api);

        builder.AddClient<LibraryClient>(s_api);
        builder.AddClient<PhotoClient>(s_api);
        builder.AddClient<ShareClient>(s_api);
        builder.AddClient<SessionClient>(s_api);
        builder.AddClient<UserClient>(s_api);

        builder.AddClient<UsageClient>(s_api);
        builder.AddClient<KeyClient>(s_api);
        builder.AddClient<AuditClient>(s_api);
        builder.AddClient<InboxClient>(s_notifications);
        builder.AddClient<MailClient>(s_notifications);
        builder.AddClient<WebhookClient>(s_notifications);

        builder.AddClient<OperatorClient>(s_api);
        builder.AddClient<DeadLetterClient>(s_api);
        builder.AddClient<RerunClient>(s_api);
        builder.AddClient<ComparisonClient>(s_api);
    }

    /// <summary>A client in the name of the user who is signed in.</summary>
    private static void AddClient<TClient>(this WebApplicationBuilder builder, Uri service) where TClient : class =>
        builder.AddVisitorClient<TClient>(service).AddHttpMessageHandler<CallerHandler>();

    /// <summary>A client in nobody's name.</summary>
    private static IHttpClientBuilder AddVisitorClient<TClient>(this WebApplicationBuilder builder, Uri service) where TClient : class =>
        builder.Services.AddHttpClient<TClient>(http => http.BaseAddress = service).AddHttpMessageHandler<VisitorHandler>();
}
