using System.Net;
using BillionHearts.ServiceDefaults.Access;
using BillionHearts.ServiceDefaults.Work;
using Microsoft.Extensions.Http.Resilience;
using Polly;

namespace BillionHearts.Notifications.Users;

internal static class UsersRegistration
{
    public static void AddUsers(this WebApplicationBuilder builder)
    {
        var client = builder.Services.AddHttpClient(UserClient.Name, client => client.BaseAddress = new Uri("https+http://api"));
        // In place of the default handlers. Discovery comes after resilience, so that a retry goes to another replica.
        client.ConfigureAdditionalHttpMessageHandlers((handlers, _) => handlers.Clear());
        client.AddResilienceHandler("users", AddResilience);
        client.AddServiceDiscovery();

        builder.Services.AddSingleton(AccessMode.Read(builder.Configuration, builder.Environment));
        builder.Services.AddOptions<CredentialOptions>().BindConfiguration(CredentialOptions.SectionName).ValidateDataAnnotations().ValidateOnStart();
        builder.Services.AddSingleton<VerdictCache>();
        builder.Services.AddSingleton<UserCache>();
        builder.Services.AddSingleton<UserClient>();
        builder.Services.AddSingleton<UserDirectory>();
        builder.Services.AddSingleton<UserCalls>();
        builder.Services.AddRecurringJob<UserSweep>(_ => UserSweep.Schedule);
    }

    /// <summary>
    /// Another replica is asked soon, and none for a while once the api is away. All callers share the circuit, so only what says that the api is away counts:
    /// the default counts 408, 429 and 500 as well, which one caller's request can bring about for itself.
    /// </summary>
    private static void AddResilience(ResiliencePipelineBuilder<HttpResponseMessage> pipeline) => pipeline
        .AddRetry(new HttpRetryStrategyOptions
        {
            MaxRetryAttempts = 2,
            Delay = TimeSpan.FromMilliseconds(100),
            UseJitter = true,
            ShouldHandle = attempt => ValueTask.FromResult(IsApiAway(attempt.Outcome)),
        })
        .AddCircuitBreaker(new HttpCircuitBreakerStrategyOptions { ShouldHandle = attempt => ValueTask.FromResult(IsApiAway(attempt.Outcome)) });

    private static bool IsApiAway(Outcome<HttpResponseMessage> outcome) =>
        outcome.Exception is HttpRequestException
        || outcome.Result?.StatusCode is HttpStatusCode.BadGateway or HttpStatusCode.ServiceUnavailable or HttpStatusCode.GatewayTimeout;
}
