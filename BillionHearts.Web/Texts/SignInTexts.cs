namespace BillionHearts.Web.Texts;

internal static class SignInTexts
{
    public const string SignIn = "Sign in";
    public const string Register = "Create an account";
    public const string Username = "Username";
    public const string Password = "Password";
    public const string RepeatPassword = "Password again";
    public const string PasswordsDiffer = "The two passwords are different.";
    public const string NoAccount = "No account yet?";
    public const string HasAccount = "Already have an account?";
    public const string Development = "Development";
    public const string ChooseUser = "Here any user can be chosen without a password, because this system runs in Development.";
    public const string Choose = "Continue as";
    public const string NoUsers = "There is no user yet: create an account first.";
    public const string PasswordIsOptional = "Optional in Development.";
}
