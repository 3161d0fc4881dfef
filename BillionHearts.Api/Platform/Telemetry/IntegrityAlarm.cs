
namespace BillionHearts.Api.Platform.Telemetry;

/// <summary>Alerts operators that stored bytes differ from the uploaded ones. Never for a client's mistake: every call needs attention.</summary>
internal sealed partial class IntegrityAlarm(SafekeepingTelemetry telemetry, ILogger<IntegrityAlarm> logger)
{
    /// <param name="foundBy">The reader that found it, in one word.</param>
    public void Missing(string foundBy, string key)
    {
        telemetry.IntegrityFault(foundBy, "missing");
        Log.Missing(logger, foundBy, key);
    }

    public void Corrupt(string foundBy, string key, ReadOnlySpan<byte> expected, ReadOnlySpan<byte> actual)
    {
        telemetry.IntegrityFault(foundBy, "checksum");
        Log.Corrupt(logger, foundBy, key, Convert.ToHexStringLower(expected), Convert.ToHexStringLower(actual));
    }

    /// <param name="reason">Why the analysis of this image has ended: <c>checksum</c> or <c>missing</c>.</param>
    public void FoundByAnalysis(long imageId, int version, string reason)
    {
        telemetry.IntegrityFault("analysis", reason);
        Log.FoundByAnalysis(logger, imageId, version, reason);
    }

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Error, "Found by {FoundBy}: blob {Key} of an image is not in the store")]
        public static partial void Missing(ILogger logger, string foundBy, string key);

        [LoggerMessage(LogLevel.Error, "Found by analysis: the stored bytes of image {ImageId}, version {Version}, differ from the uploaded ones ({Reason})")]
        public static partial void FoundByAnalysis(ILogger logger, long imageId, int version, string reason);

        [LoggerMessage(LogLevel.Error, "Found by {FoundBy}: blob {Key} differs from the upload: its SHA-256 was {Expected} and is {Actual}")]
        public static partial void Corrupt(ILogger logger, string foundBy, string key, string expected, string actual);
    }
}
