using System.Text;

namespace BillionHearts.Api.Accounts.Users;

/// <summary>User names that people take for the same are the same: without regard to case and to Unicode's compatible forms of a character.</summary>
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
