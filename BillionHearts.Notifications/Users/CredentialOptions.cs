using System.ComponentModel.DataAnnotations;

namespace BillionHearts.Notifications.Users;

/// <summary>How long the api's verdict about credentials is used. Bound from the section <c>Credentials</c>.</summary>
internal sealed record CredentialOptions
{
    public const string SectionName = "Credentials";

    /// <summary>
    /// How long a verdict is used without asking the api, and how often all open streams are judged again, with one call for up to 500 of them. So a
    /// revoked key or a removed user gets nothing more after this time, and after twice this time on a stream that was opened meanwhile.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:01", "00:05:00")]
    public TimeSpan FreshFor { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How long a verdict is used while the api does not answer. Zero refuses at once.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "1.00:00:00")]
    public TimeSpan UsableFor { get; init; } = TimeSpan.FromMinutes(10);
}
