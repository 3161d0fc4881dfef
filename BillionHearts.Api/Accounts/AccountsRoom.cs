using BillionHearts.Api.Accounts.Access;
using BillionHearts.Api.Accounts.Audit;
using BillionHearts.Api.Accounts.Keys;
using BillionHearts.Api.Accounts.Limits;
using BillionHearts.Api.Accounts.Secrets;
using BillionHearts.Api.Accounts.SignIn;
using BillionHearts.Api.Accounts.Users;

namespace BillionHearts.Api.Accounts;

/// <summary>Who may call: users, sign-in, tokens, API keys, the audit trail and rate limits.</summary>
internal static class AccountsRoom
{
    public static void AddAccounts(this WebApplicationBuilder builder)
    {
        builder.AddAccess();
        builder.Services.AddRateLimits();

        builder.Services.AddSingleton<Passwords>();
        builder.Services.AddSingleton<RegistrationLimit>();
        builder.Services.AddScoped<UserRegistration>();

        builder.Services.AddSingleton<SignInLimits>();
        builder.Services.AddScoped<PasswordSignIn>();

        builder.Services.AddSingleton<KeyLookup>();
        builder.Services.AddScoped<KeyStore>();

        builder.Services.AddScoped<AuditTrail>();
        builder.Services.AddScoped(typeof(UserSecrets<>));
    }

    public static void MapAccounts(this IEndpointRouteBuilder routes)
    {
        routes.MapUsers();
        routes.MapHolders();
        routes.MapSignIn();
        routes.MapKeys();
        routes.MapAudit();
    }
}
