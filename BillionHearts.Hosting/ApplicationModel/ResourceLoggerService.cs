using BillionHearts.Hosting.Orchestration;

namespace BillionHearts.Hosting.ApplicationModel;

/// <summary>What resources write to their consoles.</summary>
public sealed class ResourceLoggerService
{
    private readonly RunnerRegistry _runners;

    internal ResourceLoggerService(RunnerRegistry runners) => _runners = runners;

    /// <summary>What is kept of it now, the last 2000 lines of each replica, and then the end.</summary>
    /// <param name="resourceName">Of a resource, for all its replicas, or of one of them.</param>
    /// <exception cref="ArgumentException">There is no such resource.</exception>
    public async IAsyncEnumerable<IReadOnlyList<LogLine>> GetAllAsync(string resourceName)
    {
        var instances = _runners.All.Select(runner => runner.Instance)
            .Where(instance => string.Equals(instance.Id, resourceName, StringComparison.OrdinalIgnoreCase)
                || string.Equals(instance.Resource.Name, resourceName, StringComparison.OrdinalIgnoreCase)).ToList();

        if (instances.Count is 0)
        {
            throw new ArgumentException($"There is no resource '{resourceName}'.", nameof(resourceName));
        }

        foreach (var instance in instances)
        {
            yield return [.. instance.Log.Read().Select(line => new LogLine((int)line.Number, line.Text, line.IsError))];
        }
    }
}

/// <param name="LineNumber">Counted from 1 within one replica.</param>
public readonly record struct LogLine(int LineNumber, string Content, bool IsErrorMessage);
