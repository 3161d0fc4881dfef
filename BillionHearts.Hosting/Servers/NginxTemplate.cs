using System.Text.RegularExpressions;

namespace BillionHearts.Hosting.Servers;

/// <summary>
/// Expands <c>${NAME}</c> as the image's <c>20-envsubst-on-templates.sh</c> does: variables that are set and no others,
/// so that nginx's own <c>$uri</c> stays. A line that names a variable with several values stands once for each of them:
/// <code>server ${API};</code> becomes <code>server 127.0.0.1:5001;
/// server 127.0.0.1:5002;</code>
/// </summary>
internal sealed partial class NginxTemplate(IReadOnlyDictionary<string, IReadOnlyList<string>> variables)
{
    public string Expand(string template) => string.Join('\n', template.Split('\n').SelectMany(ExpandLine));

    private IEnumerable<string> ExpandLine(string line)
    {
        var several = Variable().Matches(line)
            .Select(NameOf)
            .FirstOrDefault(name => variables.TryGetValue(name, out var values) && values.Count is not 1);

        return several is null
            ? [Replace(line, variables)]
            : variables[several].SelectMany(value => With(several, value).ExpandLine(line));
    }

    private NginxTemplate With(string name, string value) =>
        new(new Dictionary<string, IReadOnlyList<string>>(variables) { [name] = [value] });

    private static string Replace(string line, IReadOnlyDictionary<string, IReadOnlyList<string>> variables) =>
        Variable().Replace(line, match => variables.TryGetValue(NameOf(match), out var values) ? values[0] : match.Value);

    private static string NameOf(Match match) => match.Groups[1].Success ? match.Groups[1].Value : match.Groups[2].Value;

    // ${NAME} or $NAME
    [GeneratedRegex(@"\$(?:\{([A-Za-z_][A-Za-z0-9_]*)\}|([A-Za-z_][A-Za-z0-9_]*))")]
    private static partial Regex Variable();
}
