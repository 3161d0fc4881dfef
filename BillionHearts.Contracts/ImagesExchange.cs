namespace BillionHearts.Contracts;

/// <summary>
/// Names of the exchange, queues and routing keys of the broker. Whoever consumes a queue declares it; the relay
/// declares what it publishes to as well, so that neither service has to start before the other.
/// </summary>
public static class ImagesExchange
{
    /// <summary>The durable topic exchange that every message goes through.</summary>
    public const string Name = "images";

    /// <summary>Where messages end that no consumer could handle.</summary>
    public const string DeadLetterExchange = "images.dead";

    public const string DeadLetterQueue = "images.dead-letters";

    /// <summary>Routing keys. Those of images are events that anyone may bind to; the others are between api and analysis.</summary>
    public static class Keys
    {
        public const string Uploaded = "image.uploaded";

        /// <summary>
        /// An <see cref="ImageEvent"/> of the type <see cref="Uploaded"/>. With a key of its own, because the broker must keep refusing a request for
        /// analysis that reaches no worker's queue.
        /// </summary>
        public const string Received = "image.received";

        public const string Analyzed = "image.analyzed";
        public const string Failed = "image.failed";
        public const string Deleted = "image.deleted";

        /// <summary>A merge was undone: an image that was announced as deleted is visible again.</summary>
        public const string Restored = "image.restored";

        /// <summary>The owner has images that look like a new one.</summary>
        public const string Duplicates = "image.duplicates";

        /// <summary>Work of the back-fill lane: a <see cref="AnalysisRequest"/> that waits behind every fresh upload.</summary>
        public const string Backfill = "analysis.backfill";

        /// <summary>Work of the slow lane: a <see cref="AnalysisRequest"/> that a worker has put aside because the image takes much memory.</summary>
        public const string Slow = "analysis.slow";

        /// <summary>Result of one attempt: an <see cref="AnalysisResult"/>.</summary>
        public const string Result = "analysis.result";

        /// <summary>A <see cref="RecognitionRequest"/>: what is in an image that has been analysed. Only where recognition is enabled.</summary>
        public const string Recognition = "analysis.recognition";

        /// <summary>A <see cref="RecognitionResult"/>.</summary>
        public const string Recognized = "analysis.recognized";
    }

    public static class Queues
    {
        /// <summary>Bound to <see cref="Keys.Uploaded"/>; served before <see cref="AnalysisBackfill"/>.</summary>
        public const string AnalysisFresh = "analysis.fresh";

        public const string AnalysisBackfill = "analysis.backfill";

        public const string AnalysisSlow = "analysis.slow";

        /// <summary>Bound to <see cref="Keys.Result"/>; consumed by the api, which owns the state of an image.</summary>
        public const string AnalysisResults = "analysis.results";

        /// <summary>Consumed by workers where recognition is enabled, one message at a time.</summary>
        public const string Recognition = "analysis.recognition";

        /// <summary>Consumed by the api.</summary>
        public const string Recognized = "analysis.recognized";

        /// <summary>Bound to received, analyzed, failed, deleted, restored and duplicates.</summary>
        public const string Notifications = "notifications";
    }
}
