/// <summary>Why the AppHost does not start, for the person who started it.</summary>
internal static class Refusals
{
    /// <summary>
    /// What is a sentence to a person is printed as one, without the stack that led to it, and ends the AppHost with exit code 1. A stop while everything
    /// still starts is no failure: Aspire ends it with an exception, which is left out.
    /// </summary>
    public static void PrintPlainly() => AppDomain.CurrentDomain.UnhandledException += (_, unhandled) =>
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
