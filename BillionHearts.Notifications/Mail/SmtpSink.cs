using MailKit.Net.Smtp;
using MailKit.Security;
using Microsoft.Extensions.Options;
using MimeKit;

namespace BillionHearts.Notifications.Mail;

/// <summary>Sends by SMTP (RFC 5321), one connection for each letter.</summary>
internal sealed class SmtpSink(IOptions<MailOptions> options) : IMailSink
{
    private const int TimeoutMilliseconds = 10_000;

    public async Task SendAsync(Letter letter, CancellationToken cancellationToken)
    {
        using var message = Compose(letter);
        using var client = new SmtpClient { Timeout = TimeoutMilliseconds };
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(TimeoutMilliseconds);

        try
        {
            await client.ConnectAsync(options.Value.Host!, options.Value.Port, Security(), limit.Token);

            if (options.Value.Username is { Length: > 0 } username)
            {
                await client.AuthenticateAsync(username, options.Value.Password ?? "", limit.Token);
            }

            await client.SendAsync(message, limit.Token);
        }
        catch (SmtpCommandException exception) when (exception.ErrorCode is SmtpErrorCode.RecipientNotAccepted && (int)exception.StatusCode >= 500)
        {
            throw new AddressRefusedException(exception);
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
        {
            throw new MailUnavailableException(exception);
        }

        // The server has accepted it: what happens to the connection now changes nothing.
        await client.DisconnectAsync(quit: true, limit.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private MimeMessage Compose(Letter letter)
    {
        var message = new MimeMessage
        {
            MessageId = letter.Id,
            Subject = letter.Subject,
            Body = new TextPart("plain") { Text = letter.Text },
        };
        message.From.Add(MailboxAddress.Parse(options.Value.From));
        message.To.Add(MailboxAddress.Parse(letter.To));
        // RFC 3834: no vacation notices in return.
        message.Headers.Add("Auto-Submitted", "auto-generated");

        if (letter.Unsubscribe is not null)
        {
            message.Headers.Add("List-Unsubscribe", $"<{letter.Unsubscribe}>");
            message.Headers.Add("List-Unsubscribe-Post", "List-Unsubscribe=One-Click");
        }

        return message;
    }

    private SecureSocketOptions Security() => options.Value.Security switch
    {
        MailSecurity.Tls => SecureSocketOptions.SslOnConnect,
        MailSecurity.StartTls => SecureSocketOptions.StartTls,
        _ => SecureSocketOptions.None,
    };
}
