using BillionHearts.ServiceDefaults.Errors;

namespace BillionHearts.Api.Accounts.SignIn;

internal static class SignInProblems
{
    /// <summary>The same whether there is such a user or not. The text is the original service's.</summary>
    public static readonly Problem Wrong = new(401, "wrong-credentials", "Unauthorized", "Incorrect username or password") { Challenge = "Bearer" };

    /// <summary>Not 503: to a flood it says that it is the flood's own doing.</summary>
    public static readonly Problem Busy = new(
        429, "sign-in-busy", "Too many requests", "Too many sign-ins are waiting. Try again.")
    { RetryAfter = TimeSpan.FromSeconds(2) };

    public static Problem TooMany(string reason, TimeSpan wait) => new(
        429, "too-many-sign-ins", "Too many requests", $"Too many sign-in attempts: {reason}. Try again in {Math.Ceiling(wait.TotalSeconds):0} s.")
    { RetryAfter = TimeSpan.FromSeconds(Math.Max(1, Math.Ceiling(wait.TotalSeconds))) };

    public static Problem MalformedForm(string reason) => new(422, "malformed-form", "Malformed form", $"The form cannot be read: {reason}.");
}
