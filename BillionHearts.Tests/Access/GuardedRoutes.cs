using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using BillionHearts.Api.Accounts.Access;
using BillionHearts.Api.Images;
using BillionHearts.Api.Uploads.Resumable;

namespace BillionHearts.Tests.Access;

/// <summary>Every route of the api, with a request that would change or return something.</summary>
public static class GuardedRoutes
{
    internal static IReadOnlyList<GuardedRoute> Rows { get; } =
    [
        new("POST", "/users", null, null),
        new("POST", "/token", null, null),
        new("GET,HEAD", "/media/{key}/{rendition}", null, null),
        new("GET", "/.well-known/jwks.json", null, null),
        new("GET", "/openapi/{documentName}.json", null, null),
        new("GET", "/docs/{documentName?}", null, null),
        new("GET", "/docs/favicon.svg", null, null),
        new("GET", "/docs/scalar.js", null, null),
        new("GET", "/docs/scalar.aspnetcore.js", null, null),
        new("GET", "/health", null, null),
        new("", "/alive", null, null),
        new("POST", "/internal/holders", null, null),
        new("GET", "/internal/users/{id}", Owned.User, Scopes.ReadImages),
        new("GET,HEAD", "/users/{id}/images", Owned.User, Scopes.ReadImages),
        new("GET", "/users/{id}/images/months", Owned.User, Scopes.ReadImages),
        new("GET", "/users/{id}/usage", Owned.User, Scopes.ReadImages),
        new("GET", "/users/{id}/images/export", Owned.User, Scopes.ReadImages),
        new("GET", "/users/{id}/audit", Owned.User, Scopes.Account),
        new("GET", "/users/{id}/keys", Owned.User, Scopes.Account),
        new("POST", "/users/{id}/keys", Owned.User, Scopes.Account),
        new("DELETE", "/users/{id}/keys/{key}", Owned.User, Scopes.Account),
        new("GET", "/users/{id}/sessions", Owned.User, Scopes.Account),
        new("DELETE", "/users/{id}/sessions/{session}", Owned.User, Scopes.Account),
        new("GET", "/shares/{secret}", null, null),
        new("GET", "/users/{id}/shares", Owned.User, Scopes.Account),
        new("POST", "/users/{id}/shares", Owned.User, Scopes.Account),
        new("DELETE", "/users/{id}/shares/{share}", Owned.User, Scopes.Account),
        new("POST", "/images", Owned.UserInBody, Scopes.WriteImages),
        new("POST", "/images/check", Owned.UserInBody, Scopes.ReadImages),
        new("GET,HEAD", "/images/{id}", Owned.Image, Scopes.ReadImages),
        new("PUT", "/images/{id}", Owned.Image, Scopes.WriteImages),
        new("DELETE", "/images/{id}", Owned.Image, Scopes.WriteImages),
        new("GET,HEAD", "/images/{id}/similar", Owned.Image, Scopes.ReadImages),
        new("POST", "/images/{id}/merge", Owned.MergedImage, Scopes.WriteImages),
        new("GET", "/images/{id}/merge", Owned.Image, Scopes.ReadImages),
        new("DELETE", "/images/{id}/merge", Owned.Image, Scopes.WriteImages),
        new("PUT", "/images/{id}/content", Owned.Image, Scopes.WriteImages),
        new("POST", "/images/{id}/complete", Owned.Image, Scopes.WriteImages),
        new("GET,HEAD", "/images/{id}/download", Owned.Image, Scopes.ReadImages),
        new("GET", "/images/{id}/renditions/{name}", Owned.Image, Scopes.ReadImages),
        new("GET", "/images/{id}/timeline", Owned.Image, Scopes.ReadImages),
        new("GET", "/images/{id}/receipt", Owned.Image, Scopes.ReadImages),
        new("GET", "/operator/images/{id}/attempts", Owned.Installation, Scopes.Operate),
        new("GET", "/operator/quarantine", Owned.Installation, Scopes.Operate),
        new("POST", "/operator/images/{id}/analysis", Owned.Installation, Scopes.Operate),
        new("GET", "/operator/dead-letters", Owned.Installation, Scopes.Operate),
        new("GET", "/operator/dead-letters/{id}", Owned.Installation, Scopes.Operate),
        new("POST", "/operator/dead-letters/{id}/replay", Owned.Installation, Scopes.Operate),
        new("POST", "/operator/dead-letters/replay", Owned.Installation, Scopes.Operate),
        new("DELETE", "/operator/dead-letters/{id}", Owned.Installation, Scopes.Operate),
        new("POST", "/analysis/rerun", Owned.Installation, Scopes.Operate),
        new("GET", "/analysis/reruns", Owned.Installation, Scopes.Operate),
        new("GET", "/analysis/reruns/{id}", Owned.Installation, Scopes.Operate),
        new("POST", "/analysis/reruns/{id}/pause", Owned.Installation, Scopes.Operate),
        new("POST", "/analysis/reruns/{id}/resume", Owned.Installation, Scopes.Operate),
        new("POST", "/analysis/reruns/{id}/cancel", Owned.Installation, Scopes.Operate),
        new("POST", "/analysis/comparisons", Owned.Installation, Scopes.Operate),
        new("GET", "/analysis/comparisons", Owned.Installation, Scopes.Operate),
        new("GET", "/analysis/comparisons/{id}", Owned.Installation, Scopes.Operate),
        new("POST", "/analysis/comparisons/{id}/cancel", Owned.Installation, Scopes.Operate),
        new("POST", "/uploads", Owned.UserInBody, Scopes.WriteImages),
        new("HEAD", "/uploads/{upload}", Owned.Upload, Scopes.WriteImages),
        new("PATCH", "/uploads/{upload}", Owned.Upload, Scopes.WriteImages),
        new("DELETE", "/uploads/{upload}", Owned.Upload, Scopes.WriteImages),
    ];

    /// <summary>The routes that are somebody's.</summary>
    public static TheoryData<string, string> Guarded => new(Rows.Where(row => row.Owned is not null).Select(row => (row.Methods.Split(',')[0], row.Route)));

    internal static GuardedRoute Of(string method, string route) => Rows.Single(row => row.Route == route && row.Methods.StartsWith(method, StringComparison.Ordinal));

    /// <param name="isHarmless">Without what the route needs to do anything: past the guard it is refused for that.</param>
    internal static async Task<HttpResponseMessage> SendAsync(
        AccessFixture fixture, string method, string route, Person owner, string? token, bool isHarmless = false)
    {
        var rule = Of(method, route);
        var path = route
            .Replace("{id}", $"{(rule.Owned == Owned.Image || rule.Owned == Owned.MergedImage || rule.Owned == Owned.Installation ? owner.Image : owner.Id)}", StringComparison.Ordinal)
            .Replace("{upload}", owner.Upload, StringComparison.Ordinal)
            .Replace("{name}", "512x512.webp", StringComparison.Ordinal)
            .Replace("{key}", "1", StringComparison.Ordinal)
            .Replace("{session}", "1", StringComparison.Ordinal)
            .Replace("{share}", "1", StringComparison.Ordinal);
        using var request = new HttpRequestMessage(new HttpMethod(method), path) { Content = isHarmless && method is not "POST" ? null : Body(route, owner) };

        if (route.StartsWith("/uploads", StringComparison.Ordinal))
        {
            request.Headers.Add("Tus-Resumable", isHarmless ? "0.0.0" : "1.0.0");
            request.Headers.Add("Upload-Offset", "0");
            request.Headers.Add("Upload-Length", "100");
            request.Headers.Add("Upload-Metadata", $"user_id {Convert.ToBase64String(Encoding.UTF8.GetBytes($"{owner.Id}"))}");
        }

        return await fixture.SendAsync(request, token, TestContext.Current.CancellationToken);
    }

    private static HttpContent? Body(string route, Person owner) => route switch
    {
        "/images" => JsonContent.Create(new { user_id = owner.Id, original_filename = "a.jpg", width = 1, height = 1, file_size = 1, file_type = "jpeg" }),
        "/images/check" => JsonContent.Create(new { user_id = owner.Id, sha256 = Array.Empty<string>() }),
        "/images/{id}" => JsonContent.Create(new { original_filename = "stolen.png" }),
        "/images/{id}/merge" => JsonContent.Create(new { duplicates = new[] { owner.Image } }),
        "/images/{id}/content" => new ByteArrayContent(TestImages.Png(13, 13)),
        "/users/{id}/keys" => JsonContent.Create(new { name = "mine", scopes = new[] { Scopes.ReadImages } }),
        "/uploads/{upload}" => new ByteArrayContent([1, 2, 3]) { Headers = { ContentType = new MediaTypeHeaderValue("application/offset+octet-stream") } },
        _ => null,
    };

}

/// <param name="Methods">Joined by commas.</param>
/// <param name="Owned">With <paramref name="Scope"/>, who may; without, anybody may.</param>
internal sealed record GuardedRoute(string Methods, string Route, Owned? Owned, string? Scope);
