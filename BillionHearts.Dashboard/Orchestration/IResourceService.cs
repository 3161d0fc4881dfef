namespace BillionHearts.Dashboard.Orchestration;

/// <summary>What the host of the system tells about its resources, and does with them when asked. A process boundary.</summary>
internal interface IResourceService
{
    Task<IReadOnlyList<ResourceSnapshot>> ListAsync(CancellationToken cancellationToken);

    /// <summary>The environment with its secrets; null when there is no such resource any more.</summary>
    Task<IReadOnlyDictionary<string, string?>?> RevealEnvironmentAsync(string id, CancellationToken cancellationToken);

    /// <summary>What was written so far and is still kept, then every line as it is written, until cancelled.</summary>
    IAsyncEnumerable<ConsoleLine> WatchLogsAsync(string id, CancellationToken cancellationToken);

    Task<CommandOutcome> ExecuteAsync(string id, string command, CancellationToken cancellationToken);
}

/// <summary>How a command ended, in words for the person who gave it.</summary>
internal sealed record CommandOutcome(bool Success, string? Message);

internal sealed record ConsoleLine(long Number, DateTimeOffset? Timestamp, string Text, bool IsError);
