using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using BillionHearts.Analysis.Metadata;

namespace BillionHearts.Tests.Analysis.Metadata;

/// <summary>What is read from a file, against ExifTool, which writes the file and reads it in its own way.</summary>
public sealed class ExifToolTests : IDisposable
{
    private static readonly string[] s_written =
    [
        "-EXIF:Make=SONY", "-EXIF:Model=ILCE-7M4", "-EXIF:LensModel=FE 24-70mm F2.8 GM II", "-EXIF:DateTimeOriginal=2025:03:09 07:08:09",
        "-EXIF:SubSecTimeOriginal=125", "-EXIF:OffsetTimeOriginal=+05:45", "-EXIF:ExposureTime=1/640", "-EXIF:FNumber=5.6", "-EXIF:ISO=200", "-EXIF:FocalLength=35.5",
        "-EXIF:FocalLengthIn35mmFormat=53", "-EXIF:ExposureProgram#=2", "-EXIF:ExposureCompensation=-1.3", "-EXIF:MeteringMode#=3", "-EXIF:Flash#=16",
        "-EXIF:WhiteBalance#=0", "-XMP-xmp:Rating=5", "-EXIF:Orientation#=8", "-EXIF:GPSLatitude=27.700769", "-EXIF:GPSLatitudeRef=N", "-EXIF:GPSLongitude=85.30014",
        "-EXIF:GPSLongitudeRef=E", "-EXIF:GPSAltitude=1400.5", "-EXIF:GPSAltitudeRef#=0", "-EXIF:GPSImgDirection=271.25", "-EXIF:GPSImgDirectionRef=T",
        "-EXIF:GPSDateStamp=2025:03:09", "-EXIF:GPSTimeStamp=01:23:09",
    ];

    private readonly string _file = Path.Join(Path.GetTempPath(), $"exiftool-{Guid.NewGuid():n}.jpg");

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task What_ExifTool_writes_is_read_as_ExifTool_reads_it()
    {
        await File.WriteAllBytesAsync(_file, TestImages.Jpeg(16, 16), Cancel);
        await RunAsync([.. s_written, "-overwrite_original", _file]);
        var tags = JsonElement.Parse(await RunAsync(["-j", "-n", _file]))[0];
        var file = await File.ReadAllBytesAsync(_file, Cancel);
        var photo = PhotoReader.Read(file)!;

        Assert.Equal($"{tags.GetProperty("Make")} {tags.GetProperty("Model")}", photo.Camera);
        Assert.Equal($"{tags.GetProperty("LensModel")}", photo.Lens);
        Assert.Equal($"{tags.GetProperty("SubSecDateTimeOriginal")}", photo.CapturedAt?.ToString("yyyy:MM:dd HH:mm:ss.fffzzz", CultureInfo.InvariantCulture));
        Assert.Equal((345, "program", "spot", false, "auto"), (photo.UtcOffsetMinutes, photo.ExposureProgram, photo.MeteringMode, photo.FlashFired, photo.WhiteBalance));
        Assert.Equal((2, 3, 16, 0), (Whole("ExposureProgram"), Whole("MeteringMode"), Whole("Flash"), Whole("WhiteBalance")));
        Assert.Equal((Whole("ISO"), Whole("FocalLengthIn35mmFormat"), Whole("Rating")), (photo.Iso, photo.FocalLength35Mm, photo.Rating));
        Assert.Equal(Whole("Orientation"), Orientation.Of(file));
        Assert.Equal(Number("ExposureTime"), photo.ExposureSeconds!.Value, 1e-9);
        Assert.Equal(Number("FNumber"), photo.Aperture!.Value, 1e-9);
        Assert.Equal(Number("FocalLength"), photo.FocalLengthMm!.Value, 1e-9);
        Assert.Equal(Number("ExposureCompensation"), photo.ExposureBiasEv!.Value, 0.005);
        Assert.Equal(Number("GPSLatitude"), photo.Location!.Latitude, 1e-6);
        Assert.Equal(Number("GPSLongitude"), photo.Location.Longitude, 1e-6);
        Assert.Equal(Number("GPSAltitude"), photo.Location.AltitudeMetres!.Value, 0.005);
        Assert.Equal((Number("GPSImgDirection"), false), (photo.Location.DirectionDegrees, photo.Location.DirectionIsMagnetic));
        Assert.Equal($"{tags.GetProperty("GPSDateTime")}", photo.Location.FixedAt?.ToString("yyyy:MM:dd HH:mm:ss'Z'", CultureInfo.InvariantCulture));

        double Number(string name) => tags.GetProperty(name).GetDouble();
        int? Whole(string name) => tags.GetProperty(name).GetInt32();
    }

    public void Dispose() => File.Delete(_file);

    private static async Task<string> RunAsync(string[] arguments)
    {
        using var exiftool = Process.Start(new ProcessStartInfo("exiftool", arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        var (output, error) = (exiftool.StandardOutput.ReadToEndAsync(Cancel), exiftool.StandardError.ReadToEndAsync(Cancel));
        await exiftool.WaitForExitAsync(Cancel);
        Assert.True(exiftool.ExitCode is 0, await error);
        return await output;
    }
}
