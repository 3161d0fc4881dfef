using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.RegularExpressions;
using BillionHearts.Contracts;
using BillionHearts.Notifications.Mail;
using BillionHearts.Tests.Distributed;
using Microsoft.Extensions.DependencyInjection;

namespace BillionHearts.Tests.Notifications;

/// <summary>A service that sends mail to a real SMTP server, with a window of a second.</summary>
public sealed class MailFixture(AppHostFixture app) : IAsyncLifetime
{
    internal MailServer Server { get; } = new();

    internal NotificationsHost Host { get; private set; } = null!;

    public async ValueTask InitializeAsync() => Host = await NotificationsHost.StartAsync(
        app, TestContext.Current.CancellationToken, ("Mail:Host", "127.0.0.1"), ("Mail:Port", $"{Server.Port}"), ("Mail:Security", "None"),
        ("Mail:From", "Billion Hearts <hearts@example.com>"), ("Mail:PublicUrl", "https://hearts.example"), ("Mail:Window", "00:00:01"));

    public async ValueTask DisposeAsync()
    {
        await Host.DisposeAsync();
        await Server.DisposeAsync();
    }
}

public sealed partial class MailTests(MailFixture mail) : IClassFixture<MailFixture>
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private NotificationsHost Host => mail.Host;

    [Fact]
    public async Task Five_hundred_events_are_one_mail_with_numbers_and_nothing_else()
    {
        var (user, address) = await SubscribedAsync();
        await HoldAsync(user);
        await Task.WhenAll(Enumerable.Range(0, 8).Select(async worker =>
        {
            for (var i = worker; i < 497; i += 8)
            {
                await Host.AppendAsync(TestEvents.Analyzed(user) with { Type = i % 2 is 0 ? ImagesExchange.Keys.Analyzed : ImagesExchange.Keys.Uploaded }, Cancel);
            }
        }));
        await Host.AppendAsync(TestEvents.Failed(user), Cancel);
        await ReleaseAsync(user);

        // Then one more: all before it are in the first.
        var first = (await mail.Server.ReceivedAsync(address, 2, Cancel))[1];
        await Host.AppendAsync(TestEvents.Failed(user), Cancel);
        var all = await mail.Server.ReceivedAsync(address, 3, Cancel);

        Assert.Equal(3, all.Length);
        Assert.Equal("Billion Hearts: 249 photos were analyzed, 1 photo could not be analyzed", first.Subject);
        Assert.DoesNotContain("corrupt", first.ToString(), StringComparison.Ordinal);
        Assert.StartsWith("<https://hearts.example/mail/unsubscribe/", first.Headers["List-Unsubscribe"], StringComparison.Ordinal);
        Assert.Equal("Billion Hearts: 1 photo could not be analyzed", all[2].Subject);
        Assert.NotEqual(first.MessageId, all[2].MessageId);
    }

    [Fact]
    public async Task An_address_gets_only_a_code_until_it_is_confirmed_with_it()
    {
        var (user, address) = (TestEvents.NewUser(), NewAddress());
        Assert.Equal(202, await PutAsync(user, address));
        Assert.Equal(429, await PutAsync(user, address));
        var code = CodeIn(await mail.Server.ReceivedAsync(address, 1, Cancel));
        await Host.AppendAsync(TestEvents.Analyzed(user), Cancel);

        for (var i = 0; i < MailStore.MaxWrongCodes; i++)
        {
            Assert.Equal(422, await ConfirmAsync(user, "AAAAAAAA"));
        }

        // Too late even for the right one.
        Assert.Equal(422, await ConfirmAsync(user, code));
        var (_, other) = await SubscribedAsync();
        Assert.Single(mail.Server.Letters, letter => letter.To.ToString() == address);
        Assert.Single(mail.Server.Letters, letter => letter.To.ToString() == other);
    }

    [Fact]
    public async Task Removing_an_address_does_not_end_the_minute_between_two_codes()
    {
        var (user, address) = (TestEvents.NewUser(), NewAddress());
        Assert.Equal(202, await PutAsync(user, address));

        Assert.Equal(204, await SendAsync(HttpMethod.Delete, user, "", null));

        Assert.Equal(404, await SendAsync(HttpMethod.Get, user, "", null));
        Assert.Equal(404, await SendAsync(HttpMethod.Delete, user, "", null));
        Assert.Equal(429, await PutAsync(user, NewAddress()));
        Assert.Equal(422, await ConfirmAsync(user, CodeIn(await mail.Server.ReceivedAsync(address, 1, Cancel))));
    }

    [Fact]
    public async Task A_digest_whose_sender_was_killed_is_sent_again_with_the_same_id()
    {
        var (user, address) = await SubscribedAsync();
        await HoldAsync(user);
        await Host.AppendAsync(TestEvents.Analyzed(user), Cancel);
        await Host.Database.ExecuteAsync($"UPDATE user_events SET recorded_at = now() - interval '1 hour' WHERE user_id = {user}", Cancel);

        await using var scope = Host.App.Services.CreateAsyncScope();
        var killed = ActivatorUtilities.CreateInstance<MailDigests>(
            scope.ServiceProvider, new KilledAfterSending(scope.ServiceProvider.GetRequiredService<IMailSink>()));
        await Host.Database.ExecuteAsync($"UPDATE mail_settings SET confirmed_at = NULL WHERE user_id <> {user}", Cancel);
        await Eventually.ReadAsync(
            async cancel =>
            {
                await ReleaseAsync(user);
                return await Record.ExceptionAsync(() => killed.RunAsync(cancel));
            },
            until: fault => fault is InvalidOperationException || mail.Server.Letters.Count(letter => letter.To.ToString() == address) > 1,
            TimeSpan.FromSeconds(30), Cancel);
        await Host.AppendAsync(TestEvents.Analyzed(user), Cancel);
        await ReleaseAsync(user);

        var letters = await mail.Server.ReceivedAsync(address, 3, Cancel);
        Assert.Equal((letters[1].MessageId, letters[1].Subject), (letters[2].MessageId, letters[2].Subject));
    }

    [Fact]
    public async Task A_digest_waits_for_a_mail_server_that_does_not_accept_it()
    {
        var (user, address) = await SubscribedAsync();
        mail.Server.IsRefusing = true;
        await Host.AppendAsync(TestEvents.Analyzed(user), Cancel);
        await Eventually.ReadAsync(
            cancel => Host.Database.ScalarAsync<int>($"SELECT failures FROM mail_settings WHERE user_id = {user}", cancel), until: failures => failures > 0, TimeSpan.FromSeconds(30), Cancel);
        mail.Server.IsRefusing = false;
        await ReleaseAsync(user);

        Assert.Equal("Billion Hearts: 1 photo was analyzed", (await mail.Server.ReceivedAsync(address, 2, Cancel))[1].Subject);
    }

    [Fact]
    public async Task What_was_read_meanwhile_is_not_mailed()
    {
        var (user, address) = await SubscribedAsync();
        await HoldAsync(user);
        await Host.AppendAsync(TestEvents.Failed(user), Cancel);
        using var marked = await Host.Http.PostAsJsonAsync($"/users/{user}/notifications/read", new { up_to = 1 }, Cancel);
        await Host.AppendAsync(TestEvents.Analyzed(user), Cancel);
        await ReleaseAsync(user);

        Assert.Equal("Billion Hearts: 1 photo was analyzed", (await mail.Server.ReceivedAsync(address, 2, Cancel))[1].Subject);
    }

    [Fact]
    public async Task The_link_in_a_mail_ends_the_mails_by_a_post_and_not_by_a_get()
    {
        var (user, address) = await SubscribedAsync();
        await Host.AppendAsync(TestEvents.Analyzed(user), Cancel);
        var digest = (await mail.Server.ReceivedAsync(address, 2, Cancel))[1];
        var link = new Uri(digest.Headers["List-Unsubscribe"]!.Trim('<', '>')).PathAndQuery;

        Assert.Contains("<button>", await Host.Http.GetStringAsync(link, Cancel), StringComparison.Ordinal);
        Assert.Equal(200, await SendAsync(HttpMethod.Get, user, "", null));
        using var form = new FormUrlEncodedContent([new("List-Unsubscribe", "One-Click")]);
        using var ended = await Host.Http.PostAsync(link, form, Cancel);

        Assert.Equal(HttpStatusCode.OK, ended.StatusCode);
        Assert.Equal(404, await SendAsync(HttpMethod.Get, user, "", null));
    }

    [Fact]
    public async Task Only_the_signed_in_owner_sets_an_address()
    {
        var user = TestEvents.NewUser();
        using var anonymous = await Host.Http.PutAsJsonAsync($"/users/{user}/notifications/mail", new { address = NewAddress() }, Cancel);

        Assert.Equal(HttpStatusCode.Unauthorized, anonymous.StatusCode);
        Assert.Equal(403, await SendAsync(HttpMethod.Put, user, "", new { address = NewAddress() }, token: "key"));
        Assert.Equal(403, await SendAsync(HttpMethod.Put, user, "", new { address = NewAddress() }, token: "403"));
    }

    [Theory]
    [InlineData("", "is required")]
    [InlineData("ann", "must be an e-mail address")]
    [InlineData("Ann <ann@example.com>", "must be ASCII without spaces")]
    [InlineData("ann@example.com\r\nBcc:all@example.com", "must be ASCII without spaces")]
    [InlineData("ann@example.com,bob@example.com", "must be an e-mail address")]
    [InlineData("unknown@example.com", "is refused by the mail server")]
    public async Task A_wrong_address_is_refused_with_its_fault(string address, string fault)
    {
        using var response = await CallAsync(HttpMethod.Put, TestEvents.NewUser(), "", new { address }, "account");

        Assert.Equal(422, (int)response.StatusCode);
        Assert.Contains(fault, JsonElement.Parse(await response.Content.ReadAsStringAsync(Cancel)).GetProperty("detail").GetString(), StringComparison.Ordinal);
    }

    private static string NewAddress() => $"u-{Guid.NewGuid():n}@example.com";

    /// <summary>A user whose address is confirmed; the server has one letter to it.</summary>
    private async Task<(long User, string Address)> SubscribedAsync()
    {
        var (user, address) = (TestEvents.NewUser(), NewAddress());
        Assert.Equal(202, await PutAsync(user, address));
        Assert.Equal(200, await ConfirmAsync(user, CodeIn(await mail.Server.ReceivedAsync(address, 1, Cancel)).ToLowerInvariant()));
        return (user, address);
    }

    private static string CodeIn(MimeKit.MimeMessage[] letters) => Code().Match(letters[0].TextBody!).Value.Trim();

    /// <summary>No digest is due for this user until <see cref="ReleaseAsync"/>.</summary>
    private Task HoldAsync(long user) => Host.Database.ExecuteAsync($"UPDATE mail_settings SET next_at = now() + interval '1 hour' WHERE user_id = {user}", Cancel);

    private Task ReleaseAsync(long user) => Host.Database.ExecuteAsync($"UPDATE mail_settings SET next_at = now() WHERE user_id = {user}", Cancel);

    private Task<int> PutAsync(long user, string address) => SendAsync(HttpMethod.Put, user, "", new { address });

    private Task<int> ConfirmAsync(long user, string code) => SendAsync(HttpMethod.Post, user, "/confirm", new { code });

    private async Task<int> SendAsync(HttpMethod method, long user, string path, object? body, string token = "account")
    {
        using var response = await CallAsync(method, user, path, body, token);
        return (int)response.StatusCode;
    }

    private async Task<HttpResponseMessage> CallAsync(HttpMethod method, long user, string path, object? body, string token)
    {
        using var request = new HttpRequestMessage(method, $"/users/{user}/notifications/mail{path}")
        {
            Content = body is null ? null : JsonContent.Create(body),
            Headers = { Authorization = new AuthenticationHeaderValue("Bearer", token) },
        };
        return await Host.Http.SendAsync(request, Cancel);
    }

    private sealed class KilledAfterSending(IMailSink sink) : IMailSink
    {
        public async Task SendAsync(Letter letter, CancellationToken cancellationToken)
        {
            await sink.SendAsync(letter, cancellationToken);
            throw new InvalidOperationException("killed");
        }
    }

    [GeneratedRegex("^ {4}[A-Z2-9]{8}", RegexOptions.Multiline)]
    private static partial Regex Code();
}
