using BillionHearts.Tests.Storage;

// The tests, or the process that one of them starts in order to kill it.
return args is [BlobWriter.Command, var folder]
    ? await BlobWriter.RunAsync(folder)
    : await Xunit.Runner.InProc.SystemConsole.ConsoleRunner.Run(args);
