using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using BillionHearts.Tests.Api;
using BillionHearts.Tests.Distributed;

namespace BillionHearts.Tests.Access;

/// <summary>The classes that share it run one after another.</summary>
[CollectionDefinition]
public sealed class GuardedApi : ICollectionFixture<AccessFixture>;

/// <summary>An api that needs tokens, as in Production, with users who have an image and an unfinished upload each.</summary>
public class AccessFixture(AppHostFixture app) : IAsyncLifetime
{
    internal AppHostFixture App => app;

    internal ApiHost Host { get; private set; } = null!;

    internal TestTokens Tokens { get; } = new();

    internal Person Ann { get; private set; } = null!;

    internal Person Bob { get; private set; } = null!;

    /// <summary>An operator, who also has images.</summary>
    internal Person Operator { get; private set; } = null!;

    /// <summary>The id of a disabled user.</summary>
    internal long Disabled { get; private set; }

    public async ValueTask InitializeAsync()
    {
        var cancel = TestContext.Current.CancellationToken;
        Host = await StartAsync(cancel);
        Ann = await NewPersonAsync(cancel);
        Bob = await NewPersonAsync(cancel);
        Operator = await NewPersonAsync(cancel);
        await Host.Database.ExecuteAsync($"UPDATE users SET operator_since = now() WHERE id = {Operator.Id}", cancel);
        Disabled = (await NewUserAsync(cancel)).Id;
        await Host.Database.ExecuteAsync($"UPDATE users SET disabled_at = now() WHERE id = {Disabled}", cancel);
    }

    private protected virtual Task<ApiHost> StartAsync(CancellationToken cancellationToken) => ApiHost.StartInProductionAsync(
        app, cancellationToken,
        ("Auth:SigningKey", Tokens.SigningKey), ("Media:SigningKey", new string('m', 32)), ("RateLimits:PerAddress", "0"), ("RateLimits:Registrations", "0"));

    public async ValueTask DisposeAsync()
    {
        if (Host is not null)
        {
            await Host.DisposeAsync();
        }

        GC.SuppressFinalize(this);
    }

    internal async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, string? token, CancellationToken cancellationToken)
    {
        if (token is not null)
        {
            request.Headers.TryAddWithoutValidation("Authorization", $"Bearer {token}");
        }

        return await Host.Http.SendAsync(request, cancellationToken);
    }

    internal async Task<(int Status, JsonElement Body)> CallAsync(
        HttpMethod method, string path, object? body, string? token, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(method, path) { Content = body is null ? null : JsonContent.Create(body) };
        using var response = await SendAsync(request, token, cancellationToken);
        var text = await response.Content.ReadAsStringAsync(cancellationToken);
        return ((int)response.StatusCode, text.Length is 0 ? default : JsonElement.Parse(text));
    }

    internal async Task<(long Id, string Name, string Password)> NewUserAsync(CancellationToken cancellationToken)
    {
        var (name, password) = ($"user-{Guid.NewGuid():n}", $"pass-{Guid.NewGuid():n}");
        var (status, user) = await CallAsync(HttpMethod.Post, "/users/", new { username = name, password }, null, cancellationToken);
        Assert.Equal(200, status);
        return (user.GetProperty("id").GetInt64(), name, password);
    }

    private async Task<Person> NewPersonAsync(CancellationToken cancellationToken)
    {
        var (id, name, password) = await NewUserAsync(cancellationToken);
        var token = Tokens.For(id);

        return new Person(id, name, password, token, await NewImageAsync(id, token, cancellationToken), await NewUploadAsync(id, token, cancellationToken));
    }

    internal async Task<long> NewImageAsync(long id, string token, CancellationToken cancellationToken)
    {
        using var form = new MultipartFormDataContent { { new StringContent($"{id}"), "user_id" } };
        form.Add(new ByteArrayContent(TestImages.Png(12, 12)), "file", "photo.png");
        using var upload = new HttpRequestMessage(HttpMethod.Post, "/images/") { Content = form };
        using var uploaded = await SendAsync(upload, token, cancellationToken);
        Assert.True(uploaded.IsSuccessStatusCode, await uploaded.Content.ReadAsStringAsync(cancellationToken));
        return (await ApiHost.JsonAsync(uploaded, cancellationToken)).GetProperty("id").GetInt64();
    }

    /// <summary>An unfinished one; its id.</summary>
    internal async Task<string> NewUploadAsync(long id, string token, CancellationToken cancellationToken)
    {
        using var begin = new HttpRequestMessage(HttpMethod.Post, "/uploads/");
        begin.Headers.Add("Tus-Resumable", "1.0.0");
        begin.Headers.Add("Upload-Length", "100");
        begin.Headers.Add("Upload-Metadata", $"user_id {Convert.ToBase64String(System.Text.Encoding.UTF8.GetBytes($"{id}"))}");
        using var begun = await SendAsync(begin, token, cancellationToken);
        Assert.True(begun.IsSuccessStatusCode, await begun.Content.ReadAsStringAsync(cancellationToken));
        return begun.Headers.Location!.ToString().TrimEnd('/').Split('/')[^1];
    }
}

internal sealed record Person(long Id, string Name, string Password, string Token, long Image, string Upload);
