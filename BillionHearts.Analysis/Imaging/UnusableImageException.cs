namespace BillionHearts.Analysis.Imaging;

/// <summary>The file can never be analysed; retrying is pointless.</summary>
/// <param name="reason">See <see cref="FailureReason"/>.</param>
/// <param name="detail">A sentence for the image's owner. It names limit and value and reveals nothing internal.</param>
internal sealed class UnusableImageException(string reason, string detail, Exception? cause = null) : Exception(detail, cause)
{
    public string Reason { get; } = reason;
}
