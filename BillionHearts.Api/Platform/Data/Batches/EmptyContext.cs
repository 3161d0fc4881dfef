namespace BillionHearts.Api.Platform.Data.Batches;

/// <summary>The execution context of nobody: no activity, no log scope, no request.</summary>
internal static class EmptyContext
{
    public static ExecutionContext Value { get; } = Capture();

    private static ExecutionContext Capture()
    {
        // Only a thread that was started without one is without one.
        ExecutionContext? context = null;
        var thread = new Thread(() => context = ExecutionContext.Capture());
        thread.UnsafeStart();
        thread.Join();
        return context!;
    }
}
