namespace BillionHearts.Api.Accounts.Access;

internal static class BearerToken
{
    private const string Scheme = "Bearer ";

    /// <summary>What stands after <c>Bearer</c> in the request's one Authorization header (RFC 6750, 2.1).</summary>
    public static string? Of(HttpRequest http) =>
        http.Headers.Authorization is [{ } header] && header.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase) ? header[Scheme.Length..].Trim() : null;
}
