namespace BillionHearts.Api.Platform.Data.Batches;

/// <summary>An empty execution context: no activity, no log scope, no request.</summary>
internal static class EmptyContext
{
    public static ExecutionContext Value { get; } = Capture();

    private static ExecutionContext Capture()
    {
        // Only a thread started with UnsafeStart has an empty context.
        ExecutionContext? context = null;
        var thread = new Thread(() => context = ExecutionContext.Capture());
        thread.UnsafeStart();
        thread.Join();
        return context!;
    }
}
