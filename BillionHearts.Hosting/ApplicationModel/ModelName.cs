using System.Text.RegularExpressions;

namespace BillionHearts.Hosting.ApplicationModel;

/// <summary>A name of a resource is a host name, a folder and part of a variable at once, so it is held to what all three allow.</summary>
internal static partial class ModelName
{
    private const int MaxLength = 64;

    public static void Validate(string name)
    {
        if (name.Length is 0 or > MaxLength || !Valid().IsMatch(name))
        {
            throw new DistributedApplicationException(
                $"'{name}' cannot be the name of a resource: 1 to {MaxLength} ASCII letters, digits and single hyphens, beginning with a letter and not ending with a hyphen.");
        }
    }

    /// <summary><c>notifications-migrations</c> → <c>notifications_migrations</c>: no shell can export a hyphen.</summary>
    public static string ToVariable(string name) => string.Create(name.Length, name, static (target, source) =>
    {
        for (var i = 0; i < source.Length; i++)
        {
            target[i] = char.IsAsciiLetterOrDigit(source[i]) ? source[i] : '_';
        }
    });

    [GeneratedRegex(@"^[A-Za-z](-?[A-Za-z0-9])*\z")]
    private static partial Regex Valid();
}
