using BillionHearts.ServiceDefaults.Errors;

namespace BillionHearts.Api.Accounts.Secrets;

/// <summary>The differences between kinds of secrets.</summary>
/// <param name="Limit">How many valid ones a user may have.</param>
/// <param name="TooMany">The refusal at the limit; <see langword="null"/> when the oldest one ends instead.</param>
/// <param name="Created">The action in the audit trail, like <paramref name="Revoked"/>.</param>
internal sealed record SecretKind(int Limit, Problem? TooMany, string Created, string Revoked);
