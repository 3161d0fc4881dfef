using System.Collections.Immutable;
using BillionHearts.Hosting.ApplicationModel;
using BillionHearts.Hosting.Orchestration;
using BillionHearts.Hosting.Processes;

namespace BillionHearts.Hosting.Launching;

/// <summary>Turns an instance of a resource into a process to start.</summary>
internal interface ILauncher
{
    /// <summary>Called before every start.</summary>
    /// <exception cref="DistributedApplicationException">It cannot be started; one sentence that says what to do.</exception>
    Task<Launch> PrepareAsync(ResourceInstance instance, CancellationToken cancellationToken);
}

internal sealed record Launch(ProcessSpec Process, ImmutableArray<EnvironmentVariableSnapshot> Environment);
