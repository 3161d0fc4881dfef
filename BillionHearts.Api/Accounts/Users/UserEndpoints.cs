using BillionHearts.Api.Accounts.Access;
using BillionHearts.Api.Platform.Data;
using BillionHearts.Api.Platform.Errors;
using BillionHearts.Api.Platform.Http;
using BillionHearts.Api.Platform.Input;
using BillionHearts.Api.Platform.Reference;
using BillionHearts.ServiceDefaults.Access;
using BillionHearts.ServiceDefaults.Errors;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace BillionHearts.Api.Accounts.Users;

internal static class UserEndpoints
{
    private static readonly Problem s_idTaken = new(409, "user-id-taken", "Conflict", "User ID already exists");

    private static readonly Problem s_usernameTaken = new(409, "username-taken", "Conflict", "Username already registered");

    private static readonly Problem s_passwordRequired = Problems.InvalidField("password", "is required");

    public static void MapUsers(this IEndpointRouteBuilder routes)
    {
        routes.MapPost("/users", CreateUser)
            .AllowAnonymous()
            .WithName(nameof(CreateUser)).WithTags("Users").WithSummary("Create a user")
            .WithDescription("The id is assigned if it is not given. Only a hash of the password is stored. The password is optional where tokens are not required.")
            .ReadsJson(CreateUserRequest.Read)
            .Produces<UserResponse>()
            .Refuses(409, 413, 415, 422, 429, 503);
    }

    private static async Task<IResult> CreateUser(
        HttpRequest http, UserRegistration registration, RegistrationLimit limit, Passwords passwords, AccessMode mode, IOptions<AccessOptions> access,
        CancellationToken cancellationToken)
    {
        if (!(await JsonBody.ReadAsync(http, CreateUserRequest.Read, cancellationToken)).TryGet(out var request, out var refusal))
        {
            return refusal;
        }

        // A user who signs in with an external issuer needs no password.
        if (request.Password is null && mode.RequiresTokens && access.Value.External.Authority is null)
        {
            return s_passwordRequired;
        }

        if (limit.Begin(http.HttpContext.Address()) is { } tooMany)
        {
            return tooMany;
        }

        string? hash = null;

        if (request.Password is not null && (hash = await passwords.TryHashAsync(request.Password, cancellationToken)) is null)
        {
            return Problems.Busy;
        }

        var user = new User { Id = request.Id ?? 0, Username = request.Username, NormalizedUsername = Usernames.Normalize(request.Username), PasswordHash = hash };

        return await registration.AddAsync(user, cancellationToken) switch
        {
            RegistrationOutcome.IdTaken => s_idTaken,
            RegistrationOutcome.UsernameTaken => s_usernameTaken,
            _ => TypedResults.Ok(new UserResponse(user.Id, user.Username)),
        };
    }
}

internal sealed record CreateUserRequest(long? Id, string Username, string? Password)
{
    /// <summary>
    /// 2^53 - 1, the largest integer that JavaScript holds exactly. The ids above it are always left for assignment.
    /// </summary>
    public const long MaxChosenId = (1L << 53) - 1;

    public static CreateUserRequest Read(FieldReader fields) => new(
        fields.OptionalInteger("id", 1, MaxChosenId),
        fields.Text("username", UserMapping.MaxUsernameLength),
        fields.OptionalText("password", Passwords.MaxLength));
}

internal sealed record UserResponse(long Id, string Username);
