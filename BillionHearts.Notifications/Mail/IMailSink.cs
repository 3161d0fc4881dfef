namespace BillionHearts.Notifications.Mail;

/// <summary>Where mail goes: the boundary to another program.</summary>
internal interface IMailSink
{
    /// <summary>Returns once the receiving server is responsible for the letter.</summary>
    /// <exception cref="AddressRefusedException">The server refuses the address.</exception>
    /// <exception cref="MailUnavailableException">The server cannot be reached, or refuses for another reason.</exception>
    Task SendAsync(Letter letter, CancellationToken cancellationToken);
}

/// <param name="Id">The same when the same letter is sent again, so that a mailbox can show it once.</param>
/// <param name="Unsubscribe">Address that ends these letters when it is posted to (RFC 8058).</param>
internal sealed record Letter(string Id, string To, string Subject, string Text, Uri? Unsubscribe);

internal sealed class AddressRefusedException(Exception innerException) : Exception("The mail server refuses the address.", innerException);

internal sealed class MailUnavailableException(Exception innerException) : Exception($"The mail server does not accept mail: {innerException.Message}", innerException);
