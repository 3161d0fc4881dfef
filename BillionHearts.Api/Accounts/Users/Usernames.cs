using System.Text;

namespace BillionHearts.Api.Accounts.Users;

/// <summary>Normalizes user names, so that names which look the same are the same: case and Unicode compatibility forms are ignored.</summary>
internal static class Usernames
{
    /// <summary>The form in which names are compared.</summary>
    public static string Normalize(string username)
    {
        try
        {
            return username.Normalize(NormalizationForm.FormKC).ToLowerInvariant();
        }
        catch (ArgumentException)
        {
            // .NET refuses U+FFFE, which is not a character and has one form.
            return username.ToLowerInvariant();
        }
    }
}
