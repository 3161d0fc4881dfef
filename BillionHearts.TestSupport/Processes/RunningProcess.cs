namespace BillionHearts.TestSupport.Processes;

/// <param name="StartTime">In clock ticks since the boot. With the id it names one process: the kernel reuses ids.</param>
/// <param name="Command">The program and its arguments.</param>
public sealed record RunningProcess(int Id, int ParentId, string StartTime, IReadOnlyList<string> Command);
