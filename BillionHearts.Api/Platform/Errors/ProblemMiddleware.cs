using System.Diagnostics;
using BillionHearts.ServiceDefaults.Database;
using BillionHearts.ServiceDefaults.Errors;
using BillionHearts.Storage;
using Microsoft.Net.Http.Headers;

namespace BillionHearts.Api.Platform.Errors;

/// <summary>Turns every exception, and every status of 400 and above without a body, into a <see cref="Problem"/>.</summary>
internal sealed partial class ProblemMiddleware(RequestDelegate next, ILogger<ProblemMiddleware> logger)
{
    public async Task InvokeAsync(HttpContext context)
    {
        try
        {
            // Bodies are not decompressed here; a compressed one would be stored and served compressed.
            if (context.Request.Headers.ContentEncoding is [{ } encoding, ..] && !encoding.Equals("identity", StringComparison.OrdinalIgnoreCase))
            {
                await Problems.UnsupportedEncoding(encoding).ExecuteAsync(context);
                return;
            }

            await next(context);
        }
        catch (Exception exception) when (ProblemResponses.HasClientLeft(context, exception))
        {
            // One line, without the stack trace: any client could fill the log with those.
            Log.ClientLeft(logger, context.Request.Method, exception.GetType().Name);
            EndAbandoned(context);
            return;
        }
        catch (Exception exception) when (!context.Response.HasStarted)
        {
            await AnswerAsync(context, exception);
            return;
        }

        if (context.Response is { HasStarted: false, StatusCode: >= 400, ContentLength: null or 0 })
        {
            // The response to a refused range has the headers of the file, which are wrong for a problem.
            context.Response.ContentLength = null;
            context.Response.Headers.Remove(HeaderNames.ContentDisposition);
            context.Response.Headers.Remove(HeaderNames.ETag);
            context.Response.Headers.Remove("Repr-Digest");
            await Problem.OfStatus(context.Response.StatusCode, context.Request).ExecuteAsync(context);
        }
    }

    private static void EndAbandoned(HttpContext context)
    {
        if (context.Response.HasStarted)
        {
            context.Abort();
        }
        else
        {
            context.Response.StatusCode = StatusCodes.Status499ClientClosedRequest;
        }
    }

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

    /// <summary>The problem that the client gets.</summary>
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
        [LoggerMessage(LogLevel.Debug, "The client of a {Method} request disconnected before the response ended ({Exception})")]
        public static partial void ClientLeft(ILogger logger, string method, string exception);

        // Without the stack trace, which is the same for the thousands of requests that fail in an outage.
        [LoggerMessage(LogLevel.Warning, "Answered 503 {Problem}: {Reason}")]
        public static partial void DependencyUnavailable(ILogger logger, string problem, string reason);

        [LoggerMessage(LogLevel.Error, "Answered 500 {Problem}")]
        public static partial void Unexpected(ILogger logger, Exception exception, string problem);
    }
}
