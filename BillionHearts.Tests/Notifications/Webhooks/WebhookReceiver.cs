using System.Collections.Concurrent;
using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using StandardWebhooks;
using StandardWebhooks.Diagnostics;

namespace BillionHearts.Tests.Notifications.Webhooks;

/// <summary>A receiver on this machine. Each path behaves as the test scripts it, and answers 200 otherwise.</summary>
internal sealed class WebhookReceiver : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly ConcurrentDictionary<string, Func<HttpContext, Task>> _scripts = [];
    private readonly ConcurrentQueue<ReceivedMessage> _received = [];

    private WebhookReceiver(WebApplication app) => _app = app;

    public static async Task<WebhookReceiver> StartAsync(CancellationToken cancellationToken)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().UseKestrelHttpsConfiguration().ConfigureKestrel(kestrel =>
        {
            kestrel.Listen(IPAddress.Loopback, 0);
            kestrel.Listen(IPAddress.Loopback, 0, listen => listen.UseHttps(SelfSigned()));
        });
        var app = builder.Build();
        var receiver = new WebhookReceiver(app);
        app.Run(receiver.ReceiveAsync);
        await app.StartAsync(cancellationToken);

        return receiver;
    }

    public string Url(string path) => $"{_app.Urls.Single(url => url.StartsWith("http:", StringComparison.Ordinal))}/{path}";

    /// <summary>With a certificate that nobody trusts.</summary>
    public string UntrustedUrl(string path) => $"{_app.Urls.Single(url => url.StartsWith("https:", StringComparison.Ordinal))}/{path}";

    public void Script(string path, Func<HttpContext, Task> answer) => _scripts[$"/{path}"] = answer;

    public void Script(string path, int status) => Script(path, http =>
    {
        http.Response.StatusCode = status;

        return Task.CompletedTask;
    });

    public IReadOnlyList<ReceivedMessage> At(string path) => [.. _received.Where(message => message.Path == $"/{path}")];

    public Task<IReadOnlyList<ReceivedMessage>> WaitAsync(string path, int count, CancellationToken cancellationToken) => Eventually.ReadAsync(
        _ => Task.FromResult(At(path)), until: messages => messages.Count >= count, TimeSpan.FromSeconds(60), cancellationToken);

    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync(new CancellationToken(canceled: true));
        await _app.DisposeAsync();
    }

    private async Task ReceiveAsync(HttpContext http)
    {
        using var body = new MemoryStream();
        await http.Request.Body.CopyToAsync(body);
        _received.Enqueue(new ReceivedMessage(
            http.Request.Path, http.Request.Method, new HeaderDictionary(http.Request.Headers.ToDictionary(header => header.Key, header => header.Value)), body.ToArray()));

        if (_scripts.TryGetValue(http.Request.Path, out var answer))
        {
            await answer(http);
        }
    }

    private static X509Certificate2 SelfSigned()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var now = TimeProvider.System.GetUtcNow();

        return new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256).CreateSelfSigned(now.AddDays(-1), now.AddDays(1));
    }
}

internal sealed record ReceivedMessage(string Path, string Method, IHeaderDictionary Headers, byte[] Body)
{
    public string Id => Headers["webhook-id"].ToString();

    public string Text => Encoding.UTF8.GetString(Body);

    /// <summary>
    /// Whether the library accepts the message. The specification has a receiver try each signature in turn; this library tries only the first, so each is given
    /// to it alone.
    /// </summary>
    public bool IsSignedBy(string secret) => Headers["webhook-signature"].ToString().Split(' ').Any(signature =>
    {
        try
        {
            new StandardWebhook(secret).Verify(Text, new HeaderDictionary(Headers.ToDictionary()) { ["webhook-signature"] = signature });

            return true;
        }
        catch (WebhookVerificationException)
        {
            return false;
        }
    });
}
