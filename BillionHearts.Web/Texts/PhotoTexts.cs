using BillionHearts.Web.Backend;

namespace BillionHearts.Web.Texts;

internal static class PhotoTexts
{
    public const string Steps = "Neighbouring photos";
    public const string Back = "All photos";
    public const string Newer = "Newer";
    public const string Older = "Older";
    public const string Open = "Open in full size";
    public const string OpenOriginal = "Download the original";
    public const string Share = "Share";
    public const string Receipt = "Receipt";
    public const string Rename = "Rename";
    public const string Name = "Name";
    public const string Save = "Save";
    public const string Delete = "Delete";
    public const string DeleteQuestion = "Delete this photo? Its bytes and all copies are removed. This cannot be undone.";
    public const string DeleteNow = "Delete for good";
    public const string Actions = "What you can do";

    public const string Waiting = "Being analysed";
    public const string WaitingDetail = "Its bytes are stored. The picture appears here by itself as soon as it is analysed.";
    public const string Awaited = "Waiting for its bytes";
    public const string AwaitedDetail = "The photo was announced, but its bytes have not arrived yet.";
    public const string NotReadable = "This file cannot be shown as a picture";

    public const string About = "About this photo";
    public const string Taken = "Taken";
    public const string Uploaded = "Uploaded";
    public const string File = "File";
    public const string Size = "Dimensions";
    public const string Camera = "Camera";
    public const string Lens = "Lens";
    public const string Exposure = "Exposure";
    public const string Flash = "Flash";
    public const string FlashFired = "Fired";
    public const string FlashOff = "Did not fire";
    public const string Rating = "Rating";
    public const string Rejected = "Rejected";
    public const string Place = "Place";
    public const string PlaceIsPrivate = "Only you see this.";
    public const string Position = "Position";
    public const string Colours = "Colours";
    public const string TextInPicture = "Text in the picture";
    public const string Version = "Version";
    public const string Versions = "Only the newest version is kept; earlier ones were replaced.";
    public const string Status = "Status";
    public const string ByCameraClock = "by the camera's clock";

    public const string Timeline = "What has happened";
    public const string DeadLetters = "No worker could handle it. The operators of this service have to look at it.";
    public const string InOutbox = "On its way to the queue";

    public const string Duplicates = "Near-duplicates";
    public const string LookAlikes = "Look-alikes";
    public const string LookAlikesDetail = "Photos of the same thing or scene.";
    public const string ThisPhoto = "This photo";
    public const string Better = "better";
    public const string Sharpness = "Sharpness";
    public const string KeepBest = "Keep the best";
    public const string KeepThis = "Keep this photo";
    public const string KeepOther = "Keep the other";
    public const string KeepDetail = "Keep one, and the other is hidden. You can undo that for 30 days; then it is removed.";
    public const string Undo = "Undo";

    public const string ReceiptTitle = "Stored safely";
    public const string SafeToDelete = "It is safe to delete this photo from your phone or camera.";
    public const string ReceiptRead = "Just now every byte of it was read back from the store and compared with what you uploaded.";
    public const string Fingerprint = "Fingerprint (SHA-256)";
    public const string Stored = "Stored";
    public const string ReadBack = "Read back and compared";
    public const string DownloadReceipt = "Download the signed receipt";
    public const string ReceiptSigned = "The receipt is a JSON file with a signature (ES256). Anyone can check it with the keys at";
    public const string NoReceipt = "No receipt";
    public const string KeepYourCopy = "Keep your own copy for now.";
    public const string BackToPhoto = "Back to the photo";

    public static string Alternative(StoredPhoto photo) => photo.Analysis?.Location?.Place is { } place ? $"{photo.OriginalFilename}, {PlaceName(place)}" : photo.OriginalFilename;

    public static string PlaceName(PhotoPlace place) => string.Join(", ", new[] { place.City, place.Region, place.CountryName }.Where(name => name is { Length: > 0 }).Distinct());

    public static string StatusOf(StoredPhoto photo) => photo.Status switch
    {
        StoredPhoto.Awaited => Awaited,
        StoredPhoto.Pending => Waiting,
        StoredPhoto.Failed => $"Not readable ({photo.Failure?.Reason})",
        _ => "Stored and analysed",
    };

    public static string MapOf(string? place) => place is null ? "A map with a mark where the photo was taken" : $"A map with a mark at {place}";

    public static string CountSame(int count) => $"{Wording.Count(count, "photo", "photos")} of yours {(count is 1 ? "is" : "are")} almost the same as this one.";

    public static string KeepBestOf(int count) => $"Keep the best of all {count}";

    public static string Differs(int distance) => distance is 0 ? "The same picture" : $"{distance} of 64 bits of the picture's fingerprint differ";

    public static string Merged(int count, DateTime? until) =>
        $"{Wording.Count(count, "near-duplicate is", "near-duplicates are")} hidden behind this photo.{(until is { } end ? $" They can be brought back until {Wording.Day(end)}." : "")}";

    public static string InQueue(long position, double? seconds) =>
        $"{(position is 1 ? "Next in the queue" : $"Number {position} in the queue")}{(seconds is { } eta ? $", done in about {Wording.Duration(Math.Max(1, eta))}" : "")}";

    public static string ByWorker(string worker) => $"by worker {worker}";

    public static string StepOf(PhotoStep step) => step.Step switch
    {
        "created" => "Received",
        "stored" => "Bytes stored",
        "queued" => "Waiting for a worker",
        "retry_scheduled" => $"Waiting for attempt {step.Attempt}",
        "attempt" => step.Attempt is > 1 ? $"Analysed, attempt {step.Attempt}" : "Analysed",
        "analyzed" => "Result stored",
        "failed" => "Ended without a result",
        "recognized" => step.Error is null ? "Picture recognised" : "Picture not recognised",
        _ => step.Step,
    };
}
