namespace BillionHearts.Api.Images;

/// <summary>
/// Where the bytes of an announced image may be put: straight into the store where it can let someone do that, and through this
/// api where it cannot.
/// </summary>
internal sealed class UploadTargets
{
    private readonly string _method = HttpMethods.Put;

    public ValueTask<UploadResponse> OfAsync(HttpRequest request, Image image, CancellationToken cancellationToken)
    {
        var contentType = FileType.Of(image.FileType).ContentType;
        return ValueTask.FromResult(new UploadResponse(
            _method, $"{request.Scheme}://{request.Host}/images/{image.Id}/content", new Dictionary<string, string> { ["Content-Type"] = contentType }, null));
    }
}
