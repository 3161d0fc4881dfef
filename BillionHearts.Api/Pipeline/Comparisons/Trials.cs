using System.Net;
using System.Text.Json;
using BillionHearts.Api.Pipeline.Results;
using BillionHearts.Api.Platform.Data;
using BillionHearts.Contracts;

namespace BillionHearts.Api.Pipeline.Comparisons;

/// <summary>Asks a worker for an analysis that is not stored.</summary>
internal sealed class Trials(IHttpClientFactory clients, TimeProvider clock)
{
    public const string ClientName = "trials";

    /// <summary>A worker takes up to its time limit for a turn and again for the image; in the slow lane longer.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromMinutes(8);

    public async Task<TrialAnswer> AskAsync(Image image, CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(Patience);

        try
        {
            using var client = clients.CreateClient(ClientName);
            using var response = await client.PostAsJsonAsync(
                TrialRequest.Path, new TrialRequest { OriginalKey = image.StoragePath, Sha256 = Convert.ToHexStringLower(image.Sha256!) }, limit.Token);

            if (response.StatusCode is HttpStatusCode.UnprocessableEntity)
            {
                return new TrialAnswer(Result: null, await response.Content.ReadFromJsonAsync<AnalysisFailure>(limit.Token), Unavailable: null);
            }

            if (!response.IsSuccessStatusCode)
            {
                // 404 is a worker of an older version.
                return Unanswered($"status {(int)response.StatusCode}");
            }

            return await response.Content.ReadFromJsonAsync<TrialResult>(limit.Token) is { Analysis: not null } result
                ? new TrialAnswer(result with { Analysis = PlausibleAnalysis.From(result.Analysis, clock.GetUtcNow()) }, Failure: null, Unavailable: null)
                : Unanswered("no result");
        }
        catch (Exception exception) when (exception is HttpRequestException or JsonException || (exception is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            return Unanswered(exception.GetBaseException().Message);
        }
    }

    private static TrialAnswer Unanswered(string why) => new(Result: null, Failure: null, why);
}

/// <summary>One of the three.</summary>
/// <param name="Unavailable">Why there was no answer about the image.</param>
internal sealed record TrialAnswer(TrialResult? Result, AnalysisFailure? Failure, string? Unavailable);
