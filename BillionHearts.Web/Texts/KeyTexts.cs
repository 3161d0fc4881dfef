namespace BillionHearts.Web.Texts;

internal static class KeyTexts
{
    public const string Intro = "A key lets a program work with your photos without your password. It can never change your account.";
    public const string None = "You have no API keys.";
    public const string Create = "Create a key";
    public const string Name = "Name";
    public const string NameHint = "What the key is for, such as “Backup on my NAS”.";
    public const string Allows = "The key may";
    public const string Read = "see and download photos";
    public const string Write = "upload, change and delete photos";
    public const string Expires = "Valid for";
    public const string CreateButton = "Create key";
    public const string Created = "Created";
    public const string ValidUntil = "valid until";
    public const string Forever = "valid until revoked";
    public const string Revoke = "Revoke";
    public const string RevokeQuestion = "The next request with this key is refused. This cannot be undone.";
    public const string RevokeConfirm = "Revoke key";
    public const string Revoked = "The key is revoked.";
    public const string OnceAdvice = "Copy the key now. It is shown only this once: nobody can look it up later, not even we.";

    /// <summary>Seconds, and how a person says it. Null for no end.</summary>
    public static readonly IReadOnlyList<(long? Seconds, string Text)> Lifetimes =
        [(30 * 86400, "30 days"), (90 * 86400, "90 days"), (365 * 86400, "1 year"), (null, "until revoked")];

    public static string OnceTitle(string name) => $"Your new key “{name}”";

    public static string RevokeOf(string name) => $"{RevokeConfirm} {name}";

    public static string Scope(string scope) => scope switch
    {
        "images:read" => "sees photos",
        "images:write" => "changes photos",
        _ => scope,
    };
}
