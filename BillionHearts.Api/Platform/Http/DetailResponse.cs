namespace BillionHearts.Api.Platform.Http;

/// <summary>The response of a request without a result, in the form of the original service: <c>{"detail": "Image deleted successfully"}</c>.</summary>
internal sealed record DetailResponse(string Detail);
