using BillionHearts.ServiceDefaults.Errors;

namespace BillionHearts.Api.Accounts.Secrets;

/// <summary>What differs between kinds of secrets.</summary>
/// <param name="Limit">Valid ones that a user may have.</param>
/// <param name="TooMany">The refusal at the limit.</param>
/// <param name="Created">The action in the audit trail, as is <paramref name="Revoked"/>.</param>
internal sealed record SecretKind(int Limit, Problem TooMany, string Created, string Revoked);
