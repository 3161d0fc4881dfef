using System.Security.Cryptography;

namespace BillionHearts.Hosting.Servers;

/// <summary>
/// Stores a hash of the credentials that a server's data was created with. A configured password applies only to a new
/// database, so a later change would show only as failed logins.
/// </summary>
internal static class CredentialSeal
{
    private const int Iterations = 50_000;

    private const string FileName = "billionhearts.seal";

    public static async Task EnsureAsync(string folder, string user, string password, CancellationToken cancellationToken)
    {
        var file = Path.Combine(folder, FileName);

        if (!File.Exists(file))
        {
            var salt = RandomNumberGenerator.GetBytes(16);
            await File.WriteAllTextAsync(file, $"{Convert.ToHexString(salt)}:{Hash(user, password, salt)}", cancellationToken);
        }
    }

    /// <summary>Whether the data was made with these credentials; true for data that came from elsewhere, without a seal.</summary>
    public static async Task<bool> MatchesAsync(string folder, string user, string password, CancellationToken cancellationToken)
    {
        var file = Path.Combine(folder, FileName);

        if (!File.Exists(file))
        {
            return true;
        }

        var parts = (await File.ReadAllTextAsync(file, cancellationToken)).Split(':');
        return parts is [var salt, var hash] && hash == Hash(user, password, Convert.FromHexString(salt));
    }

    private static string Hash(string user, string password, byte[] salt) =>
        Convert.ToHexString(Rfc2898DeriveBytes.Pbkdf2($"{user}\n{password}", salt, Iterations, HashAlgorithmName.SHA256, 32));
}
