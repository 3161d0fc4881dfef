namespace BillionHearts.Api.Platform.Http;

internal static class RequestAddress
{
    /// <summary>The client's IP address, as the trusted gateway reports it.</summary>
    public static string Address(this HttpContext http) => http.Connection.RemoteIpAddress is { } address
        ? (address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address).ToString()
        : "unknown";
}
