using BillionHearts.Api.Platform.Errors;
using BillionHearts.Api.Platform.Input;

namespace BillionHearts.Api.Accounts.Keys;

/// <param name="ExpiresIn">Seconds; absent for a key that is valid until it is revoked.</param>
internal sealed record CreateKeyRequest(string Name, IReadOnlyList<string> Scopes, long? ExpiresIn)
{
    // Qualified, because the record has a property of the same name.
    private static readonly IReadOnlyList<string> s_allowed = Access.Scopes.ForKeys;

    private static readonly TimeSpan s_longest = TimeSpan.FromDays(3650);

    public static CreateKeyRequest Read(FieldReader fields)
    {
        var name = fields.Text("name", ApiKeyMapping.MaxNameLength);
        var scopes = fields.Texts("scopes", s_allowed.Count, Fault);

        if (scopes.Count is 0)
        {
            fields.Errors.Add("scopes", $"must name at least one of {string.Join(", ", s_allowed)}");
        }

        return new(name, [.. scopes.Distinct()], fields.OptionalInteger("expires_in", 60, (long)s_longest.TotalSeconds));
    }

    private static string? Fault(string scope) =>
        s_allowed.Contains(scope) ? null : $"must be one of {string.Join(", ", s_allowed)}, not '{Problems.Shorten(scope)}'";
}

internal record KeyResponse(long Id, string Name, IReadOnlyList<string> Scopes, DateTime CreatedAt, DateTime? ExpiresAt);

/// <param name="Key">Shown only once: the caller has to keep it.</param>
internal sealed record NewKeyResponse(long Id, string Name, IReadOnlyList<string> Scopes, DateTime CreatedAt, DateTime? ExpiresAt, string Key)
    : KeyResponse(Id, Name, Scopes, CreatedAt, ExpiresAt);
