using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;
using MimeKit;

namespace BillionHearts.Notifications.Mail;

/// <summary>Digests by e-mail. Off without <see cref="Host"/>. Bound from the section <c>Mail</c>.</summary>
internal sealed record MailOptions
{
    public const string SectionName = "Mail";

    /// <summary>The SMTP server that accepts our mail.</summary>
    public string? Host { get; init; }

    [Range(1, 65_535)]
    public int Port { get; init; } = 587;

    public MailSecurity Security { get; init; } = MailSecurity.StartTls;

    public string? Username { get; init; }

    public string? Password { get; init; }

    /// <summary>Such as <c>Billion Hearts &lt;hearts@example.com&gt;</c>.</summary>
    public string From { get; init; } = "";

    /// <summary>The gateway as users reach it: base of the link that ends the mails.</summary>
    public Uri? PublicUrl { get; init; }

    /// <summary>From a user's first event until the digest that reports it and all that followed; also the least time between two digests.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "7.00:00:00")]
    public TimeSpan Window { get; init; } = TimeSpan.FromMinutes(15);

    public bool IsOn => Host is { Length: > 0 };
}

internal enum MailSecurity
{
    /// <summary>TLS after STARTTLS, which the server must offer.</summary>
    StartTls,

    /// <summary>TLS from the first byte, usually at port 465.</summary>
    Tls,

    /// <summary>For a server on the same machine or network.</summary>
    None,
}

internal sealed class MailOptionsValidation : IValidateOptions<MailOptions>
{
    public ValidateOptionsResult Validate(string? name, MailOptions options)
    {
        List<string> faults = [];

        if (options.IsOn && !MailboxAddress.TryParse(options.From, out _))
        {
            faults.Add($"{MailOptions.SectionName}:{nameof(MailOptions.From)} must be an e-mail address, not '{options.From}'.");
        }

        if (options.IsOn && options.PublicUrl is not { IsAbsoluteUri: true, Scheme: "http" or "https" })
        {
            faults.Add($"{MailOptions.SectionName}:{nameof(MailOptions.PublicUrl)} must be the gateway's address, such as https://hearts.example, not '{options.PublicUrl}'.");
        }

        return faults.Count is 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(faults);
    }
}
