namespace BillionHearts.ServiceDefaults.Errors;

/// <summary>Refusals of requests without the necessary rights. The <c>detail</c> texts of 401 and 403 are the original service's.</summary>
public static class AccessProblems
{
    /// <summary>RFC 6750, 3: a request without credentials is told the scheme and nothing else.</summary>
    public static readonly Problem NotAuthenticated = new(401, "not-authenticated", "Unauthorized", "Not authenticated") { Challenge = "Bearer" };

    /// <summary>The same answer for every fault of a token: the details would help only a forger.</summary>
    public static readonly Problem InvalidToken = new(401, "invalid-token", "Unauthorized", "Could not validate credentials")
    {
        Challenge = "Bearer error=\"invalid_token\"",
    };

    public static readonly Problem NotOwner = new(403, "not-owner", "Forbidden", "Not authorized to access this resource");

    public static readonly Problem OperatorsOnly = new(403, "operators-only", "Forbidden", "Only operators may do this");

    public static readonly Problem TwoCredentials = new(
        400, "two-credentials", "Bad request", "The request has more than one Authorization header. Send one.");

    public static Problem OutOfScope(string scope) => new(
        403, "out-of-scope", "Forbidden", $"These credentials are valid but lack the scope {scope}, which this request needs.")
    {
        Challenge = $"Bearer error=\"insufficient_scope\", scope=\"{scope}\"",
    };
}
