using BillionHearts.Analysis;

ProcessPriority.YieldToOthers();

await using var app = AnalysisApplication.Build(WebApplication.CreateBuilder(args));

await app.RunAsync();
