using BillionHearts.Hosting.Tests.Processes;
using Xunit.MicrosoftTestingPlatform;
using Xunit.Runner.InProc.SystemConsole;

// As the entry point that xunit generates, but for one more way to start: as a host that a test is going to kill.
if (DoomedHost.Scenario is [var scenario, .. var arguments])
{
    await DoomedHostScenarios.RunAsync(scenario, arguments);
    return 0;
}

return args.Contains("--server") || args.Contains("--internal-msbuild-node")
    ? await TestPlatformTestFramework.RunAsync(args, BillionHearts.Hosting.Tests.SelfRegisteredExtensions.AddSelfRegisteredExtensions)
    : await ConsoleRunner.Run(args);
