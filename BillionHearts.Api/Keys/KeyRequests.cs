using BillionHearts.Api.Access;
using BillionHearts.Api.Errors;
using BillionHearts.Api.Input;

namespace BillionHearts.Api.Keys;

/// <param name="ExpiresIn">Seconds; absent for a key that is good until it is revoked.</param>
internal sealed record CreateKeyRequest(string Name, IReadOnlyList<string> Scopes, long? ExpiresIn)
{
    private static readonly TimeSpan s_longest = TimeSpan.FromDays(3650);

    public static CreateKeyRequest Read(FieldReader fields)
    {
        var name = fields.Text("name", ApiKeyMapping.MaxNameLength);
        var scopes = fields.Texts("scopes", Access.Scopes.OfKeys.Count, Fault);

        if (scopes.Count is 0)
        {
            fields.Refuse("scopes", $"must name at least one of {string.Join(", ", Access.Scopes.OfKeys)}");
        }

        return new(name, [.. scopes.Distinct()], fields.OptionalInteger("expires_in", 60, (long)s_longest.TotalSeconds));
    }

    private static string? Fault(string scope) =>
        Access.Scopes.OfKeys.Contains(scope) ? null : $"must be one of {string.Join(", ", Access.Scopes.OfKeys)}, not '{Problems.Shorten(scope)}'";
}

internal record KeyResponse(long Id, string Name, IReadOnlyList<string> Scopes, DateTime CreatedAt, DateTime? ExpiresAt);

/// <param name="Key">To be kept by who asked: it is shown this once.</param>
internal sealed record NewKeyResponse(long Id, string Name, IReadOnlyList<string> Scopes, DateTime CreatedAt, DateTime? ExpiresAt, string Key)
    : KeyResponse(Id, Name, Scopes, CreatedAt, ExpiresAt);
