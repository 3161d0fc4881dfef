using BillionHearts.Api.Platform.Data;
using BillionHearts.Api.Platform.Input;
using BillionHearts.Api.Platform.Reference;
using BillionHearts.ServiceDefaults.Access;
using Microsoft.EntityFrameworkCore;

namespace BillionHearts.Api.Accounts.Users;

/// <summary>The users that one can sign in as without a password. Where tokens are required there is no such route: who has an account is nobody's business.</summary>
internal static class UserListEndpoints
{
    private const int MaxLimit = 100;

    public static void MapUserList(this IEndpointRouteBuilder routes)
    {
        if (routes.ServiceProvider.GetRequiredService<AccessMode>().RequiresTokens)
        {
            return;
        }

        routes.MapGet("/users", ListUsers)
            .AllowAnonymous()
            .WithName(nameof(ListUsers)).WithTags("Users").WithSummary("List users")
            .WithDescription(
                "Those that `grant_type=development` can sign in, newest first. `q` is the beginning of the name, in any case. Only where tokens are not required.")
            .ReadsQuery(parameters => Read(parameters))
            .Produces<IReadOnlyList<UserResponse>>()
            .Refuses(422, 503);
    }

    private static (int Limit, string? Beginning) Read(ParameterReader parameters) =>
        ((int?)parameters.Integer("limit", 1, MaxLimit) ?? MaxLimit, parameters.Text("q", UserMapping.MaxUsernameLength));

    private static async Task<IResult> ListUsers(HttpContext http, ImagesDbContext db, CancellationToken cancellationToken)
    {
        var parameters = ParameterReader.ForQuery(http.Request);
        var (limit, beginning) = Read(parameters);

        if (parameters.Errors.Problem is { } refusal)
        {
            return refusal;
        }

        var users = db.Users.AsNoTracking().Where(user => user.DisabledAt == null);

        if (beginning is not null)
        {
            var normalized = Usernames.Normalize(beginning);
            // Users who are older than the normalized name have only the other.
            users = users.Where(user => (user.NormalizedUsername ?? user.Username).StartsWith(normalized));
        }

        // A chosen id says nothing about when.
        var found = await users.OrderByDescending(user => user.CreatedAt).ThenByDescending(user => user.Id)
            .Take(limit)
            .Select(user => new UserResponse(user.Id, user.Username))
            .ToListAsync(cancellationToken);

        http.Response.Headers.CacheControl = "private, no-store";
        return TypedResults.Ok(found);
    }
}
