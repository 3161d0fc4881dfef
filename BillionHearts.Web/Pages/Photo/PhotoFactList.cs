using System.Globalization;
using BillionHearts.Web.Backend;
using BillionHearts.Web.Texts;

namespace BillionHearts.Web.Pages.Photo;

/// <summary>The facts about a photo that are one line each, in the order in which people ask for them.</summary>
internal static class PhotoFactList
{
    public static IEnumerable<(string Name, string Value)> Of(StoredPhoto photo)
    {
        var found = photo.Analysis;

        if (found?.CapturedAt is { } captured)
        {
            yield return (PhotoTexts.Taken, Taken(captured, found.UtcOffsetMinutes));
        }

        yield return (PhotoTexts.Uploaded, Wording.Moment(photo.UploadDate));
        yield return (PhotoTexts.Size, Wording.Pixels(photo.Size.Width, photo.Size.Height));
        yield return (PhotoTexts.File, $"{photo.FileType.ToUpperInvariant()}, {Wording.Bytes(photo.FileSize)}");

        if (photo.Version > 1)
        {
            yield return (PhotoTexts.Version, $"{photo.Version}. {PhotoTexts.Versions}");
        }

        yield return (PhotoTexts.Status, photo.Failure is { } failure ? $"{PhotoTexts.StatusOf(photo)}: {failure.Detail}" : PhotoTexts.StatusOf(photo));

        if (found?.Camera is { } camera)
        {
            yield return (PhotoTexts.Camera, camera);
        }

        if (found?.Lens is { } lens)
        {
            yield return (PhotoTexts.Lens, lens);
        }

        if (found is not null && string.Join(" · ", Exposure(found)) is { Length: > 0 } exposure)
        {
            yield return (PhotoTexts.Exposure, exposure);
        }

        if (found?.FlashFired is { } fired)
        {
            yield return (PhotoTexts.Flash, fired ? PhotoTexts.FlashFired : PhotoTexts.FlashOff);
        }

        if (found?.Rating is { } rating)
        {
            yield return (PhotoTexts.Rating, rating < 0 ? PhotoTexts.Rejected : $"{rating} / 5");
        }

        if (photo.Recognition?.Text is { } text)
        {
            yield return (PhotoTexts.TextInPicture, text);
        }
    }

    /// <summary>At the place where it was taken, if the camera said how far its clock was from UTC.</summary>
    private static string Taken(DateTime captured, int? offset) => offset is { } minutes
        ? string.Create(CultureInfo.InvariantCulture, $"{captured.AddMinutes(minutes):d MMMM yyyy, HH:mm} (UTC{(minutes < 0 ? '−' : '+')}{TimeSpan.FromMinutes(Math.Abs(minutes)):h\\:mm})")
        : string.Create(CultureInfo.InvariantCulture, $"{captured:d MMMM yyyy, HH:mm}, {PhotoTexts.ByCameraClock}");

    private static IEnumerable<string> Exposure(PhotoAnalysis found)
    {
        if (found.ExposureSeconds is { } seconds)
        {
            yield return Wording.Exposure(seconds);
        }

        if (found.Aperture is { } aperture)
        {
            yield return $"f/{Wording.Number(aperture)}";
        }

        if (found.Iso is { } iso)
        {
            yield return $"ISO {iso}";
        }

        if (found.FocalLengthMm is { } focal)
        {
            yield return found.FocalLength35Mm is { } full ? $"{Wording.Number(focal)} mm (as {full} mm on full frame)" : $"{Wording.Number(focal)} mm";
        }

        if (found.ExposureBiasEv is { } bias and not 0)
        {
            yield return $"{(bias < 0 ? '−' : '+')}{Wording.Number(Math.Abs(bias))} EV";
        }
    }
}
