using BillionHearts.ServiceDefaults.Errors;

namespace BillionHearts.Api.Accounts.SignIn;

internal static class SignInProblems
{
    /// <summary>The same whether the user exists or not. The text is that of the original service.</summary>
    public static readonly Problem Wrong = new(401, "wrong-credentials", "Unauthorized", "Incorrect username or password") { Challenge = "Bearer" };

    /// <summary>400 and not 401 (RFC 6749, 5.2, <c>invalid_grant</c>): the request carries no credentials that could be wrong.</summary>
    public static readonly Problem InvalidRefreshToken = new(
        400, "invalid-grant", "Invalid grant", "The refresh token is unknown or has expired, or its session was ended. Sign in again.");

    public static readonly Problem NoSuchUser = new(400, "invalid-grant", "Invalid grant", "There is no user with this name who can sign in.");

    /// <summary>429 and not 503: in a flood of sign-ins the clients are the cause.</summary>
    public static readonly Problem Busy = new(
        429, "sign-in-busy", "Too many requests", "Too many sign-ins are waiting. Try again.")
    { RetryAfter = TimeSpan.FromSeconds(2) };

    public static Problem TooMany(string reason, TimeSpan wait) => new(
        429, "too-many-sign-ins", "Too many requests", $"Too many sign-in attempts: {reason}. Try again in {Math.Ceiling(wait.TotalSeconds):0} s.")
    { RetryAfter = TimeSpan.FromSeconds(Math.Max(1, Math.Ceiling(wait.TotalSeconds))) };

    public static Problem MalformedForm(string reason) => new(422, "malformed-form", "Malformed form", $"The form cannot be read: {reason}.");
}
