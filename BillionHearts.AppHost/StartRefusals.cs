/// <summary>Tells the person who started the AppHost why it does not start.</summary>
internal static class StartRefusals
{
    /// <summary>
    /// A refusal is printed as one sentence, without a stack trace, and ends the AppHost with exit code 1. A stop during the start is no failure: Aspire ends
    /// it with an exception, which is not printed.
    /// </summary>
    public static void PrintWithoutStackTrace() => AppDomain.CurrentDomain.UnhandledException += (_, unhandled) =>
    {
        if (unhandled.ExceptionObject is DistributedApplicationException refusal)
        {
            Console.Error.WriteLine(refusal.Message);
            Environment.Exit(1);
        }

        if (unhandled.ExceptionObject is OperationCanceledException)
        {
            Environment.Exit(130);
        }
    };
}
