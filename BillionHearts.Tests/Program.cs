using BillionHearts.Tests.Analysis.Decoding;
using BillionHearts.Tests.Storage;

// The tests, or a process that one of them starts: to be killed, or to try what is refused.
return args switch
{
    [BlobWriter.Command, var folder] => await BlobWriter.RunAsync(folder),
    [FilterProbe.Command] => await FilterProbe.RunAsync(),
    _ => await Xunit.Runner.InProc.SystemConsole.ConsoleRunner.Run(args),
};
