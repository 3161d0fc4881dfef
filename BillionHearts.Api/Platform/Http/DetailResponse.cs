namespace BillionHearts.Api.Platform.Http;

/// <summary>The answer to a request that leaves nothing to show, in the form of the original service: <c>{"detail": "Image deleted successfully"}</c>.</summary>
internal sealed record DetailResponse(string Detail);
