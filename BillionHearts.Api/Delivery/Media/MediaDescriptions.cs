namespace BillionHearts.Api.Delivery.Media;

internal static class MediaDescriptions
{
    /// <summary>An image, a part of it, or that the client has it already.</summary>
    public static RouteHandlerBuilder ProducesBytes(this RouteHandlerBuilder route)
    {
        string[] types = [.. FileType.All.Select(type => type.ContentType)];

        return route
            .Produces<Stream>(StatusCodes.Status200OK, types[0], types[1..])
            .Produces<Stream>(StatusCodes.Status206PartialContent, types[0], types[1..])
            .Produces(StatusCodes.Status304NotModified);
    }
}
