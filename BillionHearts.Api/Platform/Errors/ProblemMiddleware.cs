using System.Diagnostics;
using BillionHearts.ServiceDefaults.Database;
using BillionHearts.ServiceDefaults.Errors;
using BillionHearts.Storage;
using Microsoft.AspNetCore.Connections;
using Microsoft.Net.Http.Headers;

namespace BillionHearts.Api.Platform.Errors;

/// <summary>Turns what was thrown, or left without a body, into a <see cref="Problem"/>.</summary>
internal sealed partial class ProblemMiddleware(RequestDelegate next, ILogger<ProblemMiddleware> logger)
{
    private const int ClientClosedRequest = 499;

    public async Task InvokeAsync(HttpContext context)
    {
        try
        {
            // Nothing here unpacks bodies; stored packed, they would be served as images that they are not.
            if (context.Request.Headers.ContentEncoding is [{ } encoding, ..] && !encoding.Equals("identity", StringComparison.OrdinalIgnoreCase))
            {
                await Problems.UnsupportedEncoding(encoding).ExecuteAsync(context);
                return;
            }

            await next(context);
        }
        catch (Exception exception) when (IsGone(context, exception) && !context.Response.HasStarted)
        {
            // Whatever failed, nobody is there to be told; the exception is most often their going away.
            Log.Abandoned(logger, exception.GetType().Name);
            context.Response.StatusCode = ClientClosedRequest;
            return;
        }
        catch (Exception exception) when (!context.Response.HasStarted)
        {
            await AnswerAsync(context, exception);
            return;
        }

        if (context.Response is { HasStarted: false, StatusCode: >= 400, ContentLength: null or 0 })
        {
            // A refused range is a file's answer up to its body: what it says of the file is not true of a problem.
            context.Response.ContentLength = null;
            context.Response.Headers.Remove(HeaderNames.ContentDisposition);
            context.Response.Headers.Remove(HeaderNames.ETag);
            context.Response.Headers.Remove("Repr-Digest");
            await Problem.OfStatus(context.Response.StatusCode, context.Request).ExecuteAsync(context);
        }
    }

    // A reset is found by who reads the body a moment before the request is told of it.
    private static bool IsGone(HttpContext context, Exception exception) => context.RequestAborted.IsCancellationRequested || exception is ConnectionResetException;

    private async Task AnswerAsync(HttpContext context, Exception exception)
    {
        var problem = ProblemFor(exception, context.Request);

        if (problem.Status is 503)
        {
            Log.DependencyUnavailable(logger, problem.Slug, exception.GetBaseException().Message);
        }
        else if (problem.Status >= 500)
        {
            Activity.Current?.AddException(exception).SetStatus(ActivityStatusCode.Error);
            Log.Unexpected(logger, exception, problem.Slug);
        }

        context.Response.Clear();
        await problem.ExecuteAsync(context);
    }

    /// <summary>What the client is told of an exception.</summary>
    public static Problem ProblemFor(Exception exception, HttpRequest request) => exception switch
    {
        IProblemException known => known.Problem,
        BadHttpRequestException bad => Problem.OfStatus(bad.StatusCode, request),
        BlobStoreUnavailableException => Problems.BlobStoreUnavailable,
        _ when DatabaseFaults.IsUnavailable(exception) => Problem.DatabaseUnavailable,
        _ => Problem.Unexpected,
    };

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Debug, "The client went away before it was answered ({Exception})")]
        public static partial void Abandoned(ILogger logger, string exception);

        // Without the stack, which is the same for each of the thousands of requests that an outage meets.
        [LoggerMessage(LogLevel.Warning, "Answered 503 {Problem}: {Reason}")]
        public static partial void DependencyUnavailable(ILogger logger, string problem, string reason);

        [LoggerMessage(LogLevel.Error, "Answered 500 {Problem}")]
        public static partial void Unexpected(ILogger logger, Exception exception, string problem);
    }
}
