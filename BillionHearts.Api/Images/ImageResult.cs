namespace BillionHearts.Api.Images;

/// <summary>Responds with the image object. Only for endpoints.</summary>
internal sealed record ImageResult(ImageView Image) : IResult
{
    public async Task ExecuteAsync(HttpContext httpContext)
    {
        var renderer = httpContext.RequestServices.GetRequiredService<ImageRenderer>();
        var rendered = await renderer.RenderAsync(httpContext.Request, Image, httpContext.RequestAborted);
        await rendered.ExecuteAsync(httpContext);
    }
}
