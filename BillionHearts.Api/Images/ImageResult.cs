using BillionHearts.Api.Platform.Data;

namespace BillionHearts.Api.Images;

/// <summary>The image object of an image.</summary>
internal sealed record ImageResult(Image Image) : IResult
{
    public async Task ExecuteAsync(HttpContext httpContext)
    {
        var renderer = httpContext.RequestServices.GetRequiredService<ImageRenderer>();
        var rendered = await renderer.RenderAsync(httpContext.Request, Image, httpContext.RequestAborted);
        await rendered.ExecuteAsync(httpContext);
    }
}
