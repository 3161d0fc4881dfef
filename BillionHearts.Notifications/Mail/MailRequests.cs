using BillionHearts.Notifications.Data;
using MimeKit;

namespace BillionHearts.Notifications.Mail;

internal sealed record MailRequest(string? Address);

internal sealed record ConfirmRequest(string? Code);

/// <param name="IsConfirmed">Whether digests are sent.</param>
internal sealed record MailResponse(string Address, bool IsConfirmed)
{
    public static MailResponse From(MailSetting setting) => new(setting.Address, setting.ConfirmedAt is not null);
}

internal static class MailAddress
{
    /// <returns>What is wrong with an address; <see langword="null"/> for a plain one in ASCII, without a name beside it.</returns>
    public static string? Fault(string? text) => text switch
    {
        null or "" => "is required",
        { Length: > MailSetting.MaxAddressLength } => $"has {text.Length} characters, more than the limit of {MailSetting.MaxAddressLength}",
        _ when text.AsSpan().ContainsAnyExceptInRange('!', '~') => "must be ASCII without spaces",
        _ => MailboxAddress.TryParse(text, out var mailbox) && mailbox.Address == text && mailbox.LocalPart.Length > 0 && mailbox.Domain.Length > 0
            ? null
            : "must be an e-mail address such as ann@example.com",
    };
}

/// <summary>Sends the code, then answers: beyond the limit of a call about a user, because mail servers take their time.</summary>
internal sealed class SentCode(Letter letter, IMailSink sink) : IResult
{
    public async Task ExecuteAsync(HttpContext httpContext)
    {
        IResult answer;

        try
        {
            await sink.SendAsync(letter, httpContext.RequestAborted);
            answer = TypedResults.Accepted((string?)null, new MailResponse(letter.To, IsConfirmed: false));
        }
        catch (AddressRefusedException)
        {
            answer = Errors.Problems.InvalidField("address", "is refused by the mail server");
        }
        catch (MailUnavailableException)
        {
            answer = Errors.Problems.MailUnavailable;
        }

        await answer.ExecuteAsync(httpContext);
    }
}
