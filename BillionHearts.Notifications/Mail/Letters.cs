using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using BillionHearts.Contracts;
using BillionHearts.Notifications.Data;
using Microsoft.Extensions.Options;
using MimeKit;

namespace BillionHearts.Notifications.Mail;

/// <summary>
/// The texts. They have numbers only: a mail passes through servers of others, so it has no file name, no place, no id and no address of an image.
/// </summary>
internal sealed class Letters(IOptions<MailOptions> options)
{
    public Letter Confirmation(string address, string code) => new(
        Id(address, code),
        address,
        "Your code for Billion Hearts",
        $"""
        Somebody wants news of their photos sent to this address. If it is you, the code is:

            {code}

        It is valid for an hour. If it is not you, ignore this mail; nothing else will be sent.

        """,
        Unsubscribe: null);

    public Letter Digest(MailSetting setting, IReadOnlyDictionary<string, int> counts)
    {
        string[] facts =
        [
            .. Fact(ImagesExchange.Keys.Analyzed, "photo was analyzed", "photos were analyzed"),
            .. Fact(ImagesExchange.Keys.Failed, "photo could not be analyzed", "photos could not be analyzed"),
            .. Fact(ImagesExchange.Keys.Duplicates, "photo looks like another one", "photos look like another one"),
        ];
        var end = new Uri(options.Value.PublicUrl!, $"/mail/unsubscribe/{setting.UnsubscribeKey}");

        return new Letter(
            Id(setting.UnsubscribeKey, setting.MailingThrough?.ToString(CultureInfo.InvariantCulture) ?? ""),
            setting.Address,
            $"Billion Hearts: {string.Join(", ", facts)}",
            $"""
            {string.Join('\n', facts)}

            {options.Value.PublicUrl}

            No more of these mails: {end}

            """,
            end);

        IEnumerable<string> Fact(string type, string one, string many) =>
            counts.TryGetValue(type, out var count) ? [count is 1 ? $"1 {one}" : $"{count.ToString(CultureInfo.InvariantCulture)} {many}"] : [];
    }

    private string Id(string part, string other) =>
        $"{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{part}:{other}")).AsSpan(0, 16))}@{MailboxAddress.Parse(options.Value.From).Domain}";
}
