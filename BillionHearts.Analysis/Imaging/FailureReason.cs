namespace BillionHearts.Analysis.Imaging;

/// <summary>Why an image has no analysis. These codes are stored in the database and sent in events: add new ones, never change one.</summary>
internal static class FailureReason
{
    public const string Corrupt = "corrupt";
    public const string Truncated = "truncated";
    public const string TooLarge = "too_large";
    public const string Unsupported = "unsupported";
    public const string Missing = "missing";
    public const string Checksum = "checksum";

    /// <summary>Decoding takes more processor time than one image may.</summary>
    public const string ProcessorLimit = "processor_limit";

    // The decoder's process ended: retried, then permanent.
    public const string MemoryLimit = "memory_limit";
    public const string DecoderCrashed = "decoder_crashed";

    // Attempts with these reasons are retried.
    public const string Storage = "storage";
    public const string Timeout = "timeout";
    public const string Internal = "internal";
}
