namespace BillionHearts.Api.Delivery.Media;

internal static class MediaDescriptions
{
    /// <summary>Declares the answers 200 with an image, 206 with a part of it, and 304.</summary>
    public static RouteHandlerBuilder ProducesBytes(this RouteHandlerBuilder route)
    {
        string[] types = [.. FileType.All.Select(type => type.ContentType)];

        return route
            .Produces<Stream>(StatusCodes.Status200OK, types[0], types[1..])
            .Produces<Stream>(StatusCodes.Status206PartialContent, types[0], types[1..])
            .Produces(StatusCodes.Status304NotModified);
    }
}
