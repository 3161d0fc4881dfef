using BillionHearts.Analysis.Decoding;
using BillionHearts.Analysis.Imaging;
using BillionHearts.Contracts;
using BillionHearts.ServiceDefaults.Errors;
using BillionHearts.Storage;

namespace BillionHearts.Analysis.Renditions;

/// <summary>How calls that decode an image are answered. A 503 says nothing about the image, and the call may be repeated.</summary>
internal static class DecodingCalls
{
    public static readonly Problem Busy = new(
        503, "busy", "Service unavailable", "Too many images are being decoded for calls at the moment. Try again in a moment.")
    { RetryAfter = TimeSpan.FromSeconds(1) };

    private static readonly Problem s_storeUnavailable = new(
        503, "blob-store-unavailable", "Service unavailable", "The blob store is not responding at the moment. Try again in a moment.")
    { RetryAfter = TimeSpan.FromSeconds(2) };

    private static readonly Problem s_tooSlow = new(
        503, "too-slow", "Service unavailable", "It was not finished within the time limit. Try again later.")
    { RetryAfter = TimeSpan.FromSeconds(5) };

    public static async Task<IResult> AnswerAsync<T>(Task<T> work, CancellationToken cancellationToken)
    {
        try
        {
            return TypedResults.Ok(await work);
        }
        catch (UnusableImageException exception)
        {
            return TypedResults.UnprocessableEntity(new AnalysisFailure(exception.Reason, exception.Message));
        }
        catch (DecoderUnavailableException)
        {
            return Busy;
        }
        catch (BlobStoreUnavailableException)
        {
            return s_storeUnavailable;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return s_tooSlow;
        }
    }
}
