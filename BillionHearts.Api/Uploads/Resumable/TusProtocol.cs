using System.Globalization;
using BillionHearts.Api.Images;
using Microsoft.Extensions.Options;

namespace BillionHearts.Api.Uploads.Resumable;

/// <summary>
/// Applies to every request below <see cref="Tus.Path"/>: each answer has the version, a request of another version is refused, and
/// OPTIONS lists what is supported.
/// </summary>
internal sealed class TusProtocol(RequestDelegate next, IOptions<UploadOptions> limits)
{
    public Task InvokeAsync(HttpContext context)
    {
        if (!context.Request.Path.StartsWithSegments(Tus.Path))
        {
            return next(context);
        }

        // Set this late because an error clears the response before it writes its own.
        context.Response.OnStarting(
            static state =>
            {
                ((HttpResponse)state).Headers[Tus.Headers.Resumable] = Tus.Version;
                return Task.CompletedTask;
            },
            context.Response);

        if (HttpMethods.IsOptions(context.Request.Method))
        {
            Describe(context.Response);
            return Task.CompletedTask;
        }

        var version = context.Request.Headers[Tus.Headers.Resumable];

        if (version == Tus.Version)
        {
            return next(context);
        }

        context.Response.Headers[Tus.Headers.Version] = Tus.Version;
        return TusProblems.Version(version).ExecuteAsync(context);
    }

    private void Describe(HttpResponse response)
    {
        response.StatusCode = StatusCodes.Status204NoContent;
        response.Headers[Tus.Headers.Version] = Tus.Version;
        response.Headers[Tus.Headers.Extension] = Tus.Extensions;
        response.Headers[Tus.Headers.MaxSize] = limits.Value.MaxBytes.ToString(CultureInfo.InvariantCulture);
        response.Headers[Tus.Headers.ChecksumAlgorithm] = UploadChecksum.Algorithms;
    }
}
