using BillionHearts.Hosting.ApplicationModel;

namespace BillionHearts.Hosting;

/// <summary>A resource whose endpoints others find by its name: <c>http://api</c>.</summary>
public interface IResourceWithServiceDiscovery : IResourceWithEndpoints;
