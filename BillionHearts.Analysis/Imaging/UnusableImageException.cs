namespace BillionHearts.Analysis.Imaging;

/// <summary>The file will never be analysed, however often it is tried.</summary>
/// <param name="reason">See <see cref="FailureReason"/>.</param>
/// <param name="detail">For the image's owner: a sentence that names limit and value, and nothing of the inside.</param>
internal sealed class UnusableImageException(string reason, string detail, Exception? cause = null) : Exception(detail, cause)
{
    public string Reason { get; } = reason;
}
