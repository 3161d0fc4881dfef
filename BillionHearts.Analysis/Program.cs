using BillionHearts.Analysis;
using BillionHearts.Analysis.Decoding;

if (args is [DecoderProgram.Argument])
{
    return DecoderProgram.Run();
}

ProcessPriority.YieldToOthers();

await using var app = AnalysisApplication.Build(WebApplication.CreateBuilder(args));

await app.RunAsync();
return 0;
