using BillionHearts.Analysis;

ProcessPriority.YieldToOthers();
NativeMemory.Reuse();

await using var app = AnalysisApplication.Build(WebApplication.CreateBuilder(args));

await app.RunAsync();
