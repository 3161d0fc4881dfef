using System.Text.Json;
using BillionHearts.Hosting.ApplicationModel;

namespace BillionHearts.Hosting.Launching;

/// <summary>
/// What a developer's tools would start a project with:
/// <code>{"profiles": {"http": {"commandName": "Project", "applicationUrl": "http://localhost:5101", "environmentVariables": {…}}}}</code>
/// </summary>
internal sealed class LaunchProfile : IResourceAnnotation
{
    private static readonly JsonSerializerOptions s_json = new(JsonSerializerDefaults.Web)
    {
        ReadCommentHandling = JsonCommentHandling.Skip,
        AllowTrailingCommas = true,
    };

    public required string Name { get; init; }

    public required IReadOnlyList<Uri> ApplicationUrls { get; init; }

    public required IReadOnlyDictionary<string, string> EnvironmentVariables { get; init; }

    /// <param name="projectPath">The project file, or its folder.</param>
    public static LaunchProfile? First(string projectPath) => ReadAll(projectPath).FirstOrDefault();

    public static LaunchProfile Named(string projectPath, string name) =>
        ReadAll(projectPath).FirstOrDefault(profile => profile.Name == name)
            ?? throw new DistributedApplicationException($"'{FileOf(projectPath)}' has no profile '{name}'.");

    private static List<LaunchProfile> ReadAll(string projectPath)
    {
        var file = FileOf(projectPath);

        if (!File.Exists(file))
        {
            return [];
        }

        try
        {
            var settings = JsonSerializer.Deserialize<Settings>(File.ReadAllText(file), s_json);
            return [.. (settings?.Profiles ?? []).Where(profile => profile.Value.CommandName is "Project").Select(profile => From(profile.Key, profile.Value))];
        }
        catch (Exception exception) when (exception is JsonException or UriFormatException)
        {
            throw new DistributedApplicationException($"'{file}' cannot be read: {exception.Message}", exception);
        }
    }

    private static LaunchProfile From(string name, Profile profile) => new()
    {
        Name = name,
        ApplicationUrls = [.. (profile.ApplicationUrl ?? string.Empty).Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
            .Select(url => new Uri(url))],
        EnvironmentVariables = profile.EnvironmentVariables ?? [],
    };

    private static string FileOf(string projectPath) =>
        Path.Combine(Directory.Exists(projectPath) ? projectPath : Path.GetDirectoryName(projectPath)!, "Properties", "launchSettings.json");

    private sealed record Settings(Dictionary<string, Profile>? Profiles);

    private sealed record Profile(string? CommandName, string? ApplicationUrl, Dictionary<string, string>? EnvironmentVariables);
}
