using BillionHearts.Analysis.Decoding;
using BillionHearts.Analysis.Imaging;
using BillionHearts.Contracts;
using BillionHearts.Tests.Analysis.Decoding;
using BillionHearts.Tests.Distributed;
using Microsoft.Extensions.DependencyInjection;

namespace BillionHearts.Tests.Analysis;

/// <summary>Images that end their decoder. The test kills it in the place of a fault in a library.</summary>
public sealed class PoisonImageTests(AppHostFixture app)
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_image_that_ends_its_decoder_three_times_fails_and_other_images_go_on()
    {
        await using var host = await AnalysisHost.StartAsync(
            app, Cancel, ("Analysis:Concurrency", "1"), ("Analysis:MaxPixels", $"{SlowImages.MaxPixels}"), ("Analysis:ProcessorTimeLimit", "00:05:00"));
        var poison = await host.UploadAsync(SlowImages.ManyPixels, Cancel);

        for (var attempt = 1; attempt <= 3; attempt++)
        {
            var good = await host.AnalyzeAsync(await host.UploadAsync(TestImages.Jpeg(64, 48), Cancel), Cancel);
            var result = await CrashAsync(host, poison with { Attempt = attempt, MessageId = Guid.CreateVersion7() });

            Assert.Equal(AnalysisOutcome.Analyzed, good.Outcome);
            Assert.Equal(
                (attempt < 3 ? AnalysisOutcome.Retry : AnalysisOutcome.Failed, FailureReason.DecoderCrashed, 137),
                (result.Outcome, result.Failure!.Reason, result.Diagnosis!.ExitCode));
        }
    }

    private static async Task<AnalysisResult> CrashAsync(AnalysisHost host, AnalysisRequest request)
    {
        var process = Assert.Single(host.App.Services.GetRequiredService<Decoders>().IdleProcesses);
        await host.PublishAsync(request, Cancel);
        await ChildProcesses.WorksAsync(process, Cancel);
        ChildProcesses.Kill(process);

        return (await host.ResultAsync(Cancel)).Result;
    }
}
