
namespace BillionHearts.Api.Platform.Telemetry;

/// <summary>Tells those who run this that stored bytes are not what was uploaded. Never for a client's mistake: any call is worth a look.</summary>
internal sealed partial class IntegrityAlarm(SafekeepingTelemetry telemetry, ILogger<IntegrityAlarm> logger)
{
    /// <param name="foundBy">What was reading, in a word.</param>
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
    public void ToldByWorker(long imageId, int version, string reason)
    {
        telemetry.IntegrityFault("analysis", reason);
        Log.ToldByWorker(logger, imageId, version, reason);
    }

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Error, "Found by a {FoundBy}: blob {Key} is named by an image and is not in the store")]
        public static partial void Missing(ILogger logger, string foundBy, string key);

        [LoggerMessage(LogLevel.Error, "Found by an analysis: the stored bytes of image {ImageId}, version {Version}, are not what was uploaded ({Reason})")]
        public static partial void ToldByWorker(ILogger logger, long imageId, int version, string reason);

        [LoggerMessage(LogLevel.Error, "Found by a {FoundBy}: blob {Key} does not hold what was uploaded: its SHA-256 was {Expected} and is {Actual}")]
        public static partial void Corrupt(ILogger logger, string foundBy, string key, string expected, string actual);
    }
}
