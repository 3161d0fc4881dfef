using BillionHearts.Api.Accounts.Users;
using BillionHearts.Api.Images;
using BillionHearts.Api.Platform.Input;

namespace BillionHearts.Api.Delivery.Shares;

/// <param name="ExpiresIn">In seconds.</param>
internal sealed record CreateShareRequest(IReadOnlyList<long> ImageIds, long? ExpiresIn, string? Password)
{
    public const int MaxImages = 100;

    private static readonly TimeSpan s_shortest = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan s_longest = TimeSpan.FromDays(90);
    private static readonly TimeSpan s_usual = TimeSpan.FromDays(7);

    internal TimeSpan Lifetime => ExpiresIn is { } seconds ? TimeSpan.FromSeconds(seconds) : s_usual;

    public static CreateShareRequest Read(FieldReader fields)
    {
        var images = fields.Ids("image_ids", MaxImages);

        if (images.Count is 0)
        {
            fields.Errors.Add("image_ids", "must name at least one image");
        }

        return new(
            [.. images.Distinct()],
            fields.OptionalInteger("expires_in", (long)s_shortest.TotalSeconds, (long)s_longest.TotalSeconds),
            fields.OptionalText("password", Passwords.MaxLength));
    }
}

internal record ShareResponse(long Id, IReadOnlyList<long> ImageIds, bool HasPassword, DateTime CreatedAt, DateTime ExpiresAt);

/// <param name="Url">The link to give to others. Only this answer contains it.</param>
internal sealed record NewShareResponse(long Id, IReadOnlyList<long> ImageIds, bool HasPassword, DateTime CreatedAt, DateTime ExpiresAt, string Url)
    : ShareResponse(Id, ImageIds, HasPassword, CreatedAt, ExpiresAt);

/// <summary>The answer for anyone with the link.</summary>
internal sealed record SharedImagesResponse(DateTime ExpiresAt, IReadOnlyList<SharedImage> Images);

/// <summary>Contains nothing about the owner, the file or the camera: the bytes at <paramref name="Url"/> and the renditions have no metadata.</summary>
/// <param name="Url">The image in full size.</param>
internal sealed record SharedImage(string Status, string? Url, IReadOnlyDictionary<string, RenditionResponse> Renditions);
