using BillionHearts.Analysis;
using BillionHearts.ServiceDefaults;
using BillionHearts.Storage;

ProcessPriority.YieldToOthers();

var builder = WebApplication.CreateBuilder(args);

builder.AddServiceDefaults();
builder.AddRabbitMQClient("messaging");
builder.AddBlobStore("blobs");
builder.AddAnalysis();

var app = builder.Build();

app.MapDefaultEndpoints();

app.Run();
