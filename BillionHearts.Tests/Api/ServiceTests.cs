using System.Net;
using System.Text;
using BillionHearts.Api.Platform.Data;
using BillionHearts.ServiceDefaults.Database;
using Microsoft.EntityFrameworkCore;

namespace BillionHearts.Tests.Api;

/// <summary>What holds for the service as a whole.</summary>
public sealed class ServiceTests(ApiFixture fixture) : IClassFixture<ApiFixture>
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private ApiHost Host => fixture.Host;

    [Theory]
    [InlineData("GET", "/", 404)]
    [InlineData("GET", "/no/such/route", 404)]
    [InlineData("PATCH", "/images/1", 405)]
    [InlineData("TRACE", "/images/1", 405)]
    [InlineData("POST", "/images/1", 405)]
    [InlineData("GET", "/images/abc", 404)]
    [InlineData("GET", "/images/99999999999999999999999", 404)]
    [InlineData("DELETE", "/images/-1", 404)]
    public async Task Every_refusal_is_a_problem_with_a_type_and_a_trace(string method, string path, int status)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), path);
        using var response = await Host.Http.SendAsync(request, Cancel);

        Assert.Equal(status, (int)response.StatusCode);
        Assert.Equal("application/problem+json", response.Content.Headers.ContentType?.MediaType);
        var problem = await ApiHost.JsonAsync(response, Cancel);
        Assert.StartsWith("https://billionhearts.dev/problems/", problem.GetProperty("type").GetString());
        Assert.Equal(status, problem.GetProperty("status").GetInt32());
        Assert.Matches("^[0-9a-f]{32}$", problem.GetProperty("traceId").GetString());
    }

    [Fact]
    public async Task A_compressed_body_is_refused()
    {
        using var content = new StringContent("{}", Encoding.UTF8, "application/json") { Headers = { ContentEncoding = { "gzip" } } };
        using var response = await Host.Http.PostAsync("/users/", content, Cancel);
        Assert.Equal(HttpStatusCode.UnsupportedMediaType, response.StatusCode);
    }

    [Fact]
    public async Task The_API_reference_page_loads_nothing_from_other_hosts()
    {
        var page = await Host.Http.GetStringAsync("/docs/", Cancel);
        Assert.DoesNotContain("http://", page);
        Assert.DoesNotContain("https://", page);
        Assert.Contains("scalar.js", page);

        using var script = await Host.Http.GetAsync("/docs/scalar.js", Cancel);
        Assert.Equal(HttpStatusCode.OK, script.StatusCode);
    }

    [Fact]
    public async Task The_OpenAPI_document_describes_the_public_calls_and_nothing_internal()
    {
        using var response = await Host.Http.GetAsync("/openapi/v1.json", Cancel);
        var document = await ApiHost.JsonAsync(response, Cancel);
        var calls = document.GetProperty("paths").EnumerateObject()
            .SelectMany(path => path.Value.EnumerateObject().Select(operation => $"{operation.Name.ToUpperInvariant()} {path.Name}"));

        Assert.Equal(
            [
                "DELETE /images/{id}", "DELETE /images/{id}/merge", "DELETE /operator/dead-letters/{id}", "DELETE /uploads/{upload}", "DELETE /users/{id}/keys/{key}",
                "DELETE /users/{id}/sessions/{session}", "DELETE /users/{id}/shares/{share}", "GET /.well-known/jwks.json", "GET /analysis/comparisons", "GET /analysis/comparisons/{id}",
                "GET /analysis/reruns", "GET /analysis/reruns/{id}", "GET /images/{id}", "GET /images/{id}/download", "GET /images/{id}/merge", "GET /images/{id}/receipt", "GET /images/{id}/renditions/{name}", "GET /images/{id}/similar", "GET /images/{id}/timeline",
                "GET /media/{key}/{rendition}", "GET /operator/dead-letters", "GET /operator/dead-letters/{id}", "GET /operator/images/{id}/attempts",
                "GET /operator/quarantine", "GET /shares/{secret}", "GET /users", "GET /users/{id}/audit", "GET /users/{id}/images", "GET /users/{id}/images/export", "GET /users/{id}/images/months",
                "GET /users/{id}/keys", "GET /users/{id}/sessions", "GET /users/{id}/shares", "GET /users/{id}/usage", "HEAD /uploads/{upload}", "PATCH /uploads/{upload}", "POST /analysis/comparisons",
                "POST /analysis/comparisons/{id}/cancel", "POST /analysis/rerun",
                "POST /analysis/reruns/{id}/cancel", "POST /analysis/reruns/{id}/pause", "POST /analysis/reruns/{id}/resume", "POST /images", "POST /images/check",
                "POST /images/{id}/complete", "POST /images/{id}/merge", "POST /operator/dead-letters/replay", "POST /operator/dead-letters/{id}/replay",
                "POST /operator/images/{id}/analysis", "POST /token", "POST /uploads", "POST /users", "POST /users/{id}/keys", "POST /users/{id}/shares",
                "PUT /images/{id}", "PUT /images/{id}/content",
            ],
            calls.Order(StringComparer.Ordinal));
        var upload = document.GetProperty("paths").GetProperty("/images").GetProperty("post").GetProperty("requestBody").GetProperty("content");
        Assert.Equal(["application/json", "multipart/form-data"], upload.EnumerateObject().Select(type => type.Name));
        Assert.True(document.GetProperty("paths").GetProperty("/images").GetProperty("post").TryGetProperty("security", out _));
        Assert.False(document.GetProperty("paths").GetProperty("/users").GetProperty("post").TryGetProperty("security", out _));
    }

    [Fact]
    public async Task Migrating_again_and_at_once_changes_nothing()
    {
        var codes = await Task.WhenAll(Enumerable.Range(0, 3).Select(_ => DatabaseMigration.RunAsync<ImagesDbContext>(Host.App.Services, Cancel)));
        Assert.All(codes, code => Assert.Equal(0, code));
        Assert.Empty(await Host.CallAsync<ImagesDbContext, IEnumerable<string>>(db => db.Database.GetPendingMigrationsAsync(Cancel)));
    }

    [Fact]
    public async Task Requests_are_503_without_a_database_and_accepted_soon_after_it_returns()
    {
        await Host.Database.AllowConnectionsAsync(false, Cancel);

        try
        {
            using var response = await Host.Http.GetAsync("/images/1", Cancel);
            Assert.Equal(HttpStatusCode.ServiceUnavailable, response.StatusCode);
            Assert.NotNull(response.Headers.RetryAfter);
        }
        finally
        {
            await Host.Database.AllowConnectionsAsync(true, Cancel);
        }

        await Eventually.ReadAsync(
            async cancel =>
            {
                using var again = await Host.Http.GetAsync("/images/1", cancel);
                return again.StatusCode;
            },
            until: status => status is HttpStatusCode.NotFound, TimeSpan.FromSeconds(30), Cancel);
    }
}
