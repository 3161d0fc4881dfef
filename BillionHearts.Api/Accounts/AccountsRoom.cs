using BillionHearts.Api.Accounts.Access;
using BillionHearts.Api.Accounts.Audit;
using BillionHearts.Api.Accounts.Keys;
using BillionHearts.Api.Accounts.Limits;
using BillionHearts.Api.Accounts.Secrets;
using BillionHearts.Api.Accounts.Sessions;
using BillionHearts.Api.Accounts.SignIn;
using BillionHearts.Api.Accounts.Users;
using BillionHearts.Api.Platform.Work;
using Microsoft.EntityFrameworkCore;

namespace BillionHearts.Api.Accounts;

/// <summary>Who may call: users, sign-in, tokens, API keys, sessions, the audit trail and rate limits.</summary>
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
        builder.Services.AddScoped<DevelopmentSignIn>();
        builder.Services.AddScoped<TokenGrants>();

        builder.Services.AddSingleton<KeyLookup>();
        builder.Services.AddScoped<KeyStore>();

        builder.Services.AddScoped<SessionStore>();
        builder.Services.AddSingleton(new RetentionRule("sessions", (db, limit, cancel) => db.Database.ExecuteSqlAsync(
            $"DELETE FROM sessions WHERE id IN (SELECT id FROM sessions WHERE expires_at < now() LIMIT {limit})", cancel)));

        builder.Services.AddScoped<AuditTrail>();
        builder.Services.AddScoped(typeof(UserSecrets<>));
    }

    public static void MapAccounts(this IEndpointRouteBuilder routes)
    {
        routes.MapUsers();
        routes.MapUserList();
        routes.MapHolders();
        routes.MapSignIn();
        routes.MapKeys();
        routes.MapSessions();
        routes.MapAudit();
    }
}
