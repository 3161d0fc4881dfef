namespace BillionHearts.Hosting;

/// <summary>A server cannot be started. The message is one sentence for the person who started it, which names the resource and what to do.</summary>
internal sealed class NativeServerException(string message) : Exception(message);
