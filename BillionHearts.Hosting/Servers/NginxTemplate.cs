using System.Text.RegularExpressions;

namespace BillionHearts.Hosting.Servers;

/// <summary>
/// Expands <c>${NAME}</c> as the image's <c>20-envsubst-on-templates.sh</c> does: variables that are set and no others,
/// so that nginx's own <c>$uri</c> stays.
/// </summary>
internal static partial class NginxTemplate
{
    public static string Expand(string template, IReadOnlyDictionary<string, string> variables) => Variable().Replace(
        template,
        match => variables.TryGetValue(match.Groups[1].Success ? match.Groups[1].Value : match.Groups[2].Value, out var value) ? value : match.Value);

    // ${NAME} or $NAME
    [GeneratedRegex(@"\$(?:\{([A-Za-z_][A-Za-z0-9_]*)\}|([A-Za-z_][A-Za-z0-9_]*))")]
    private static partial Regex Variable();
}
