using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace BillionHearts.ServiceDefaults.Errors;

/// <summary>Answers with a <see cref="Problem"/> whatever was thrown, and every status of 400 and above that has no body.</summary>
public static partial class ProblemResponses
{
    public static void UseProblemResponses(this WebApplication app)
    {
        var logger = app.Services.GetRequiredService<ILoggerFactory>().CreateLogger(typeof(ProblemResponses).FullName!);

        app.UseExceptionHandler(new ExceptionHandlerOptions
        {
            ExceptionHandler = context => AnswerAsync(context, logger),
            // The middleware would log an error with a stack trace, and any client could fill the log with them.
            SuppressDiagnosticsCallback = context => IsClientFault(context.HttpContext, context.Exception),
        });
        app.UseStatusCodePages(pages => Problem.OfStatus(pages.HttpContext.Response.StatusCode, pages.HttpContext.Request).ExecuteAsync(pages.HttpContext));
    }

    /// <summary>Whether the client has disconnected. Whoever reads the body meets a reset a moment before <c>RequestAborted</c> is cancelled.</summary>
    public static bool HasClientLeft(HttpContext context, Exception? exception) =>
        context.RequestAborted.IsCancellationRequested || exception is ConnectionResetException or ConnectionAbortedException;

    /// <summary>Whether a request failed by what its client sent, or because the client left.</summary>
    private static bool IsClientFault(HttpContext context, Exception? exception) => exception is BadHttpRequestException || HasClientLeft(context, exception);

    private static Task AnswerAsync(HttpContext context, ILogger logger)
    {
        var feature = context.Features.Get<IExceptionHandlerFeature>();

        if (HasClientLeft(context, feature?.Error))
        {
            Log.ClientLeft(logger, context.Request.Method, RouteOf(feature));
            context.Response.StatusCode = StatusCodes.Status499ClientClosedRequest;
            return Task.CompletedTask;
        }

        if (feature?.Error is BadHttpRequestException bad)
        {
            Log.BadRequest(logger, context.Request.Method, RouteOf(feature), bad.StatusCode, bad.Message);
            return Problem.OfStatus(bad.StatusCode, context.Request).ExecuteAsync(context);
        }

        return Problem.Unexpected.ExecuteAsync(context);
    }

    // The route and not the path, which may hold a secret.
    private static string? RouteOf(IExceptionHandlerFeature? feature) => (feature?.Endpoint as RouteEndpoint)?.RoutePattern.RawText;

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Information, "{Method} {Route} was answered with {Status}: {Reason}")]
        public static partial void BadRequest(ILogger logger, string method, string? route, int status, string reason);

        [LoggerMessage(LogLevel.Information, "{Method} {Route} was not answered: the client left")]
        public static partial void ClientLeft(ILogger logger, string method, string? route);
    }
}
