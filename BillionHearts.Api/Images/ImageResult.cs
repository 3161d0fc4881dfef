namespace BillionHearts.Api.Images;

/// <summary>Answers with the image object, for endpoints only.</summary>
internal sealed record ImageResult(ImageView Image) : IResult
{
    public async Task ExecuteAsync(HttpContext httpContext)
    {
        var renderer = httpContext.RequestServices.GetRequiredService<ImageRenderer>();
        var rendered = await renderer.RenderAsync(httpContext.Request, Image, httpContext.RequestAborted);
        await rendered.ExecuteAsync(httpContext);
    }
}
