using System.Net;
using System.Net.Http.Json;
using BillionHearts.Api.Platform.Data;
using BillionHearts.Contracts;
using Microsoft.Extensions.Options;

namespace BillionHearts.Api.Delivery.Renditions;

/// <summary>Has a claimed copy made by the analysis service: no pixel is decoded here.</summary>
internal sealed partial class RenditionMaker(
    RenditionStore store, IHttpClientFactory clients, IOptions<RenditionOptions> options, ILogger<RenditionMaker> logger)
{
    public const string ClientName = "analysis";

    /// <summary>Above what a maker waits for: while it does, nobody else begins.</summary>
    private static readonly TimeSpan s_margin = TimeSpan.FromSeconds(5);

    private const double LargestShare = 0.5;

    /// <param name="patience">How long it may take.</param>
    /// <returns>Whether it was this call that made it, or found that it cannot be made.</returns>
    public async Task<bool> TryMakeAsync(Image image, RenditionName name, TimeSpan patience, CancellationToken cancellationToken)
    {
        var (key, text) = (image.MediaKey!, name.ToString());

        if (!await store.TryClaimAsync(key, text, patience + s_margin, options.Value.MaxPerImage, cancellationToken))
        {
            return false;
        }

        // From here on not cut short by a reader who goes away: somebody else waits for the same.
        using var limit = new CancellationTokenSource(patience);

        try
        {
            using var client = clients.CreateClient(ClientName);
            using var response = await client.PostAsJsonAsync(RenditionRequest.Path, RequestFor(image, name), limit.Token);

            if (response.StatusCode is HttpStatusCode.UnprocessableEntity)
            {
                var failure = await response.Content.ReadFromJsonAsync<AnalysisFailure>(limit.Token);
                await store.FailAsync(key, text, failure!.Detail, CancellationToken.None);
                return true;
            }

            response.EnsureSuccessStatusCode();
            var made = await response.Content.ReadFromJsonAsync<StoredRendition>(limit.Token);
            await store.CompleteAsync(key, text, made!, CancellationToken.None);
            return true;
        }
        catch (Exception exception) when (exception is HttpRequestException or OperationCanceledException)
        {
            Log.NotMade(logger, text, image.Id, exception.GetBaseException().Message);
            await store.ReleaseAsync(key, text, CancellationToken.None);
            throw new RenditionUnavailableException(exception);
        }
    }

    private static RenditionRequest RequestFor(Image image, RenditionName name) => new()
    {
        OriginalKey = image.StoragePath,
        SourceKey = SourceOf(image, name),
        Sha256 = Convert.ToHexStringLower(image.Sha256!),
        Name = name.ToString(),
    };

    /// <summary>
    /// A small copy is made from the preview, a twentieth of the bytes and of the pixels of a photo. At half its size or below, what the preview
    /// has lost is gone anyway; above it is the original.
    /// </summary>
    private static string? SourceOf(Image image, RenditionName name)
    {
        if (name.IsClean || image.Renditions.FirstOrDefault(one => one.Name is StoredRendition.Preview) is not { } preview)
        {
            return null;
        }

        var (across, down) = ((double)name.Width / preview.Width, (double)name.Height / preview.Height);
        // What fits is as small as its smaller side has it, what fills as large as its larger.
        return (name.IsFit ? Math.Min(across, down) : Math.Max(across, down)) <= LargestShare ? preview.BlobKey : null;
    }

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Warning, "The copy {Name} of image {ImageId} was not made: {Reason}")]
        public static partial void NotMade(ILogger logger, string name, long imageId, string reason);
    }
}

/// <summary>The analysis service does not make copies at the moment.</summary>
internal sealed class RenditionUnavailableException(Exception innerException) : Exception("The analysis service does not make copies at the moment.", innerException);
