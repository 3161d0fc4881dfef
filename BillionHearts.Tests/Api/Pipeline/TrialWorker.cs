using BillionHearts.Contracts;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace BillionHearts.Tests.Api.Pipeline;

/// <summary>In place of a worker of a new version: answers trials as a test says.</summary>
internal sealed class TrialWorker : IAsyncDisposable
{
    private readonly WebApplication _app;

    private TrialWorker(WebApplication app) => _app = app;

    public string Url => _app.Urls.Single();

    /// <summary>As a worker that does not know trials.</summary>
    public Func<TrialRequest, IResult> Answer { get; set; } = Unknown;

    public static IResult Unknown(TrialRequest request) => TypedResults.NotFound();

    public static async Task<TrialWorker> StartAsync(CancellationToken cancellationToken)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var app = builder.Build();
        var worker = new TrialWorker(app);
        app.MapPost(TrialRequest.Path, (TrialRequest request) => worker.Answer(request));
        await app.StartAsync(cancellationToken);
        return worker;
    }

    public async ValueTask DisposeAsync() => await _app.DisposeAsync();
}
