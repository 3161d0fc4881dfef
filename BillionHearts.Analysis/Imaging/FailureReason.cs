namespace BillionHearts.Analysis.Imaging;

/// <summary>Why an image has no analysis. These words are in the database and in events: add to them, never change one.</summary>
internal static class FailureReason
{
    public const string Corrupt = "corrupt";
    public const string Truncated = "truncated";
    public const string TooLarge = "too_large";
    public const string Unsupported = "unsupported";
    public const string Missing = "missing";
    public const string Checksum = "checksum";

    // Of attempts that are made again.
    public const string Storage = "storage";
    public const string Timeout = "timeout";
    public const string Internal = "internal";
}
