/// <summary>Why the AppHost does not start, for the person who started it.</summary>
internal static class Refusals
{
    /// <summary>What is a sentence to a person is printed as one, without the stack that led to it, and ends the AppHost with exit code 1.</summary>
    public static void PrintPlainly() => AppDomain.CurrentDomain.UnhandledException += (_, unhandled) =>
    {
        if (unhandled.ExceptionObject is DistributedApplicationException refusal)
        {
            Console.Error.WriteLine(refusal.Message);
            Environment.Exit(1);
        }
    };
}
