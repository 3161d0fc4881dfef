using System.Net;
using System.Text.Json;
using BillionHearts.Api.Delivery.Media;
using BillionHearts.Api.Platform.Errors;
using BillionHearts.Contracts;
using BillionHearts.ServiceDefaults.Errors;

namespace BillionHearts.Api.Delivery.Renditions;

/// <summary>Calls the analysis service to make a rendition that the caller has claimed. This process decodes no images.</summary>
internal sealed partial class RenditionOrders(RenditionStore store, IHttpClientFactory clients, ILogger<RenditionOrders> logger)
{
    public const string ClientName = "analysis";

    private const double LargestShare = 0.5;

    /// <summary>Added to the time that an order may take, so that a claim outlasts its order.</summary>
    private static readonly TimeSpan s_margin = TimeSpan.FromSeconds(5);

    private static readonly Problem s_unavailable = new(
        503, "rendition-unavailable", "Service unavailable", "This rendition has not been made yet, and cannot be made at the moment. Try again.")
    { RetryAfter = TimeSpan.FromSeconds(2) };

    /// <summary>The answer when a rendition is not made in time.</summary>
    public static Problem Unavailable => s_unavailable;

    /// <summary>How long a claim lasts, given how long its order may take.</summary>
    public static TimeSpan Lease(TimeSpan patience) => patience + s_margin;

    public static Problem Impossible(string failure) =>
        new(404, "rendition-impossible", "Not found", $"No rendition can be made of this image: {failure}");

    /// <param name="patience">How long it may take.</param>
    public async Task<Outcome<StoredRendition>> MakeAsync(MediaImage image, RenditionName name, TimeSpan patience, CancellationToken cancellationToken)
    {
        var (key, text) = (image.MediaKey, name.ToString());
        // Not cancelled when the reader disconnects, because others may wait for the same rendition.
        using var limit = new CancellationTokenSource(patience);

        try
        {
            using var client = clients.CreateClient(ClientName);
            using var response = await client.PostAsJsonAsync(RenditionRequest.Path, CreateRequest(image, name), limit.Token);

            if (response.StatusCode is HttpStatusCode.UnprocessableEntity)
            {
                var failure = await response.Content.ReadFromJsonAsync<AnalysisFailure>(limit.Token) ?? throw new JsonException("The answer is null.");
                await store.FailAsync(key, text, failure.Detail, CancellationToken.None);
                return Impossible(failure.Detail);
            }

            response.EnsureSuccessStatusCode();
            var made = await response.Content.ReadFromJsonAsync<StoredRendition>(limit.Token) ?? throw new JsonException("The answer is null.");

            // If the image was deleted in the meantime, the next request gets that answer.
            return await store.CompleteAsync(key, text, made, CancellationToken.None) ? made : s_unavailable;
        }
        catch (Exception exception) when (exception is HttpRequestException or OperationCanceledException or JsonException)
        {
            Log.NotMade(logger, text, image.Id, exception.GetBaseException().Message);
            await store.ReleaseAsync(key, text, CancellationToken.None);

            return s_unavailable;
        }
    }

    private static RenditionRequest CreateRequest(MediaImage image, RenditionName name) => new()
    {
        OriginalKey = image.StoragePath,
        SourceKey = FindSource(image, name),
        Sha256 = Convert.ToHexStringLower(image.Sha256!),
        Name = name.ToString(),
    };

    /// <summary>
    /// A small rendition is made from the preview, which has a twentieth of a photo's bytes and pixels. At half the preview's size or less,
    /// the detail that the preview has lost is not visible. A larger rendition is made from the original.
    /// </summary>
    private static string? FindSource(MediaImage image, RenditionName name)
    {
        if (name.IsClean || image.Renditions.FirstOrDefault(one => one.Name is StoredRendition.Preview) is not { } preview)
        {
            return null;
        }

        var (across, down) = ((double)name.Width / preview.Width, (double)name.Height / preview.Height);

        // The smaller ratio determines the scale of a rendition that fits into its box, the larger ratio that of one that fills it.
        return (name.IsFit ? Math.Min(across, down) : Math.Max(across, down)) <= LargestShare ? preview.BlobKey : null;
    }

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Warning, "Rendition {Name} of image {ImageId} was not made: {Reason}")]
        public static partial void NotMade(ILogger logger, string name, long imageId, string reason);
    }
}
