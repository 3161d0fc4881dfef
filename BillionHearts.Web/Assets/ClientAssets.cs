using System.Text.Json;
using Microsoft.Extensions.FileProviders;

namespace BillionHearts.Web.Assets;

/// <summary>What Vite has built: the files of each entry, by Vite's manifest.</summary>
internal sealed class ClientAssets
{
    private readonly Dictionary<string, Chunk> _chunks;

    public ClientAssets() => _chunks = JsonSerializer.Deserialize<Dictionary<string, Chunk>>(
        File.ReadAllText(Path.Join(Folder, ".vite", "manifest.json")), JsonSerializerOptions.Web)!;

    /// <summary>The folder beside the program that the build has copied the files to.</summary>
    public static string Folder { get; } = Path.Join(AppContext.BaseDirectory, "client");

    /// <param name="name">Of a file in <c>client/src/entries</c>, without its ending.</param>
    /// <exception cref="KeyNotFoundException">There is no such entry.</exception>
    public Entry Find(string name)
    {
        var chunk = _chunks[$"src/entries/{name}.ts"];
        var imports = new List<Chunk>();
        Collect(chunk, imports);

        return new Entry($"/{chunk.File}", [.. imports.Select(one => $"/{one.File}")], [.. imports.Append(chunk).SelectMany(one => one.Css ?? []).Distinct().Select(file => $"/{file}")]);
    }

    private void Collect(Chunk chunk, List<Chunk> imports)
    {
        foreach (var import in (chunk.Imports ?? []).Select(name => _chunks[name]).Where(import => !imports.Contains(import)))
        {
            imports.Add(import);
            Collect(import, imports);
        }
    }

    /// <param name="Script">Its address, like those of the scripts that it imports and of its styles.</param>
    internal sealed record Entry(string Script, IReadOnlyList<string> Imports, IReadOnlyList<string> Styles);

    private sealed record Chunk(string File, IReadOnlyList<string>? Imports, IReadOnlyList<string>? Css);
}

internal static class ClientAssetsExtensions
{
    private const string Forever = "public, max-age=31536000, immutable";
    private const string Hour = "public, max-age=3600";

    public static void AddClientAssets(this IServiceCollection services) => services.AddSingleton<ClientAssets>();

    /// <summary>Serves the files. The names of those in <c>assets</c> change with their content.</summary>
    public static void MapClientAssets(this WebApplication app)
    {
        // Read before the first request: without them no page works.
        _ = app.Services.GetRequiredService<ClientAssets>();

        app.UseStaticFiles(new StaticFileOptions
        {
            FileProvider = new PhysicalFileProvider(ClientAssets.Folder),
            OnPrepareResponse = file => file.Context.Response.Headers.CacheControl = file.Context.Request.Path.StartsWithSegments("/assets") ? Forever : Hour,
        });
    }
}
