using BillionHearts.Api.Accounts.SignIn;
using BillionHearts.Api.Accounts.Users;
using BillionHearts.Api.Images;
using BillionHearts.Api.Images.Addresses;
using BillionHearts.Api.Platform.Data;
using BillionHearts.Api.Platform.Errors;
using BillionHearts.Api.Platform.Http;
using BillionHearts.Contracts;
using BillionHearts.ServiceDefaults.Errors;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using Microsoft.Net.Http.Headers;

namespace BillionHearts.Api.Delivery.Shares;

/// <summary>Shows the images of a share to anyone who has the link and, if one is set, the password.</summary>
internal sealed class SharedImages(
    ImagesDbContext db, ShareStore shares, Passwords passwords, SignInLimits limits, IOptions<MediaOptions> media, TimeProvider clock)
{
    private static readonly Problem s_notFound = new(404, "share-not-found", "Not found", "This link does not exist, has expired or was revoked.");

    private static readonly Problem s_passwordNeeded = new(401, "password-needed", "Unauthorized", "Missing or wrong password.")
    {
        Challenge = "Basic realm=\"shared images\", charset=\"UTF-8\"",
    };

    public async Task<Outcome<SharedImagesResponse>> ShowAsync(string secret, HttpContext http, CancellationToken cancellationToken)
    {
        if (await shares.FindAsync(secret, cancellationToken) is not { } share)
        {
            return s_notFound;
        }

        if (await CheckPasswordAsync(share, http, cancellationToken) is { } refusal)
        {
            return refusal;
        }

        var images = await db.Images.AsNoTracking()
            .Where(image => image.UserId == share.UserId && share.ImageIds.Contains(image.Id)).ToDictionaryAsync(image => image.Id, cancellationToken);
        var urls = MediaUrls.For(http.Request, media.Value, clock);

        return new SharedImagesResponse(
            share.ExpiresAt!.Value.UtcDateTime,
            [.. share.ImageIds.Where(images.ContainsKey).Select(id => Show(images[id], urls))]);
    }

    private static SharedImage Show(Image image, MediaUrls urls) => new(
        image.Status, image.MediaKey is null ? null : urls.Build(image.MediaKey, $"{RenditionName.Clean}"), ImageResponse.From(ImageView.From(image), urls, isOwner: false).Renditions);

    private async Task<Problem?> CheckPasswordAsync(Share share, HttpContext http, CancellationToken cancellationToken)
    {
        if (share.PasswordHash is null)
        {
            return null;
        }

        if (ReadPassword(http.Request) is not { } password)
        {
            return s_passwordNeeded;
        }

        // User names have no control characters, so attempts here never count against an account.
        var (account, address) = ($"\u0001{share.Id}", http.Address());

        if (limits.Begin(account, address) is { } tooMany)
        {
            return tooMany;
        }

        switch (await passwords.CheckAsync(share.PasswordHash, password, cancellationToken))
        {
            case PasswordCheck.Busy:
                return SignInProblems.Busy;
            case PasswordCheck.Wrong:
                return s_passwordNeeded;
            default:
                limits.Succeeded(account, address);
                return null;
        }
    }

    /// <summary>Reads the password from <c>Authorization: Basic</c> (RFC 7617), for which browsers prompt by themselves. Ignores the user name.</summary>
    private static string? ReadPassword(HttpRequest request)
    {
        const string Basic = "Basic ";

        if (request.Headers[HeaderNames.Authorization] is not [{ } header] || !header.StartsWith(Basic, StringComparison.OrdinalIgnoreCase))
        {
            return null;
        }

        var bytes = new byte[header.Length];

        if (!Convert.TryFromBase64String(header[Basic.Length..].Trim(), bytes, out var length))
        {
            return null;
        }

        var text = System.Text.Encoding.UTF8.GetString(bytes, 0, length);
        return text.IndexOf(':', StringComparison.Ordinal) is var at and >= 0 && text.Length - at - 1 is > 0 and <= Passwords.MaxLength ? text[(at + 1)..] : null;
    }
}
