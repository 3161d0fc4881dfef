using System.Globalization;
using BillionHearts.Api.Images;
using Microsoft.Extensions.Options;

namespace BillionHearts.Api.Uploads.Resumable;

/// <summary>
/// What holds for every request below <see cref="Tus.Path"/>: the version stands in each answer, a request of another version is
/// not looked at, and OPTIONS tells what is possible.
/// </summary>
internal sealed class TusProtocol(RequestDelegate next, IOptions<UploadOptions> limits)
{
    public Task InvokeAsync(HttpContext context)
    {
        if (!context.Request.Path.StartsWithSegments(Tus.Path))
        {
            return next(context);
        }

        // As late as that, because an error clears the answer before it writes its own.
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
