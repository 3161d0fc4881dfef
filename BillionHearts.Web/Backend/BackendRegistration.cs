using BillionHearts.Web.Backend.Account;
using BillionHearts.Web.Backend.Operations;

namespace BillionHearts.Web.Backend;

internal static class BackendRegistration
{
    private static readonly Uri s_api = new("http://api");
    private static readonly Uri s_notifications = new("http://notifications");

    public static void AddBackend(this WebApplicationBuilder builder)
    {
        builder.Services.AddTransient<CallerHandler>();
        // Asked for tokens by the handler itself, so without it.
        builder.Services.AddHttpClient<TokenClient>(http => http.BaseAddress = s_api);
        builder.AddApiClient<SessionClient>();
        builder.AddApiClient<UserClient>();

        builder.AddApiClient<UsageClient>();
        builder.AddApiClient<KeyClient>();
        builder.AddApiClient<AuditClient>();
        builder.AddNotificationsClient<InboxClient>();
        builder.AddNotificationsClient<MailClient>();
        builder.AddNotificationsClient<WebhookClient>();

        builder.AddApiClient<OperatorClient>();
        builder.AddApiClient<DeadLetterClient>();
        builder.AddApiClient<RerunClient>();
        builder.AddApiClient<ComparisonClient>();
    }

    private static void AddApiClient<TClient>(this WebApplicationBuilder builder) where TClient : class => builder.AddClient<TClient>(s_api);

    private static void AddNotificationsClient<TClient>(this WebApplicationBuilder builder) where TClient : class => builder.AddClient<TClient>(s_notifications);

    private static void AddClient<TClient>(this WebApplicationBuilder builder, Uri service) where TClient : class =>
        builder.Services.AddHttpClient<TClient>(http => http.BaseAddress = service).AddHttpMessageHandler<CallerHandler>();
}
