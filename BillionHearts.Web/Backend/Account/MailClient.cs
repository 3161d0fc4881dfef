namespace BillionHearts.Web.Backend.Account;

/// <summary>Where the user's digests go.</summary>
internal sealed class MailClient(HttpClient http)
{
    /// <summary>The answer's code where the installation sends no mail.</summary>
    public const string IsOff = "mail-is-off";

    /// <summary>The answer's code when the user has no address.</summary>
    public const string NoAddress = "no-mail-address";

    public Task<Answer<MailSetting>> FindAsync(long userId, CancellationToken cancellationToken) => http.ReadAsync<MailSetting>(Path(userId), cancellationToken);

    public Task<string?> SetAsync(long userId, string address, CancellationToken cancellationToken) =>
        http.ChangeAsync(HttpMethod.Put, Path(userId), new { address }, cancellationToken);

    public Task<string?> ConfirmAsync(long userId, string code, CancellationToken cancellationToken) =>
        http.ChangeAsync(HttpMethod.Post, $"{Path(userId)}/confirm", new { code }, cancellationToken);

    public Task<string?> EndAsync(long userId, CancellationToken cancellationToken) => http.ChangeAsync(HttpMethod.Delete, Path(userId), body: null, cancellationToken);

    private static string Path(long userId) => $"/users/{userId}/notifications/mail";
}

public sealed record MailSetting(string Address, bool IsConfirmed);
