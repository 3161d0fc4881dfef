namespace BillionHearts.Api.Accounts.Access;

internal static class BearerToken
{
    private const string Scheme = "Bearer ";

    /// <summary>The text after <c>Bearer</c> in the request's only Authorization header (RFC 6750, 2.1).</summary>
    public static string? Read(HttpRequest http) =>
        http.Headers.Authorization is [{ } header] && header.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase) ? header[Scheme.Length..].Trim() : null;
}
