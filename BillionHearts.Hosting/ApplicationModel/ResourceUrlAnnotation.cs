namespace BillionHearts.Hosting.ApplicationModel;

/// <summary>An address worth showing to a person.</summary>
public sealed class ResourceUrlAnnotation : IResourceAnnotation
{
    /// <summary>Absolute, or a path below the endpoint.</summary>
    public required string Url { get; set; }

    public string? DisplayText { get; set; }

    public EndpointReference? Endpoint { get; init; }

    public UrlDisplayLocation DisplayLocation { get; set; } = UrlDisplayLocation.SummaryAndDetails;
}

public enum UrlDisplayLocation
{
    SummaryAndDetails,
    DetailsOnly,
}

/// <summary>Changes the URLs of one endpoint once its port is known.</summary>
internal sealed class ResourceUrlsCallbackAnnotation(string endpointName, Action<EndpointReference, List<ResourceUrlAnnotation>> callback)
    : IResourceAnnotation
{
    public string EndpointName { get; } = endpointName;

    public Action<EndpointReference, List<ResourceUrlAnnotation>> Callback { get; } = callback;
}
