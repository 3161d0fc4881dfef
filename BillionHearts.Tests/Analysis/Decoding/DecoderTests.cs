using BillionHearts.Analysis;
using BillionHearts.Analysis.Decoding;
using BillionHearts.Analysis.Imaging;
using BillionHearts.Contracts;
using NetVips;

namespace BillionHearts.Tests.Analysis.Decoding;

/// <summary>What a worker sees of decoder processes: results, limits, and what happens when one ends.</summary>
public sealed class DecoderTests(DecoderFixture fixture) : IClassFixture<DecoderFixture>
{
    private static readonly string[] s_reasons = [FailureReason.Corrupt, FailureReason.Truncated, FailureReason.TooLarge, FailureReason.Unsupported];

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_image_has_the_same_result_as_in_the_workers_own_process()
    {
        var file = TestImages.Jpeg(640, 480, orientation: 6);
        var own = new ImageDecoder(Microsoft.Extensions.Options.Options.Create(new AnalysisOptions())).Decode(file, Cancel);

        var image = await fixture.Decoders.AnalyzeAsync(file, DecoderLane.Normal, Cancel);

        Assert.Equivalent(own.Analysis, image.Analysis, strict: true);
        Assert.Equal(own.Renditions.Select(rendition => rendition.Bytes), image.Renditions.Select(rendition => rendition.Bytes));
        Assert.Equal(own.Renditions.Select(rendition => rendition.ContentType), image.Renditions.Select(rendition => rendition.ContentType));
    }

    [Theory]
    [InlineData("64x64.webp")]
    [InlineData("128x128-fit.jpeg")]
    [InlineData("clean")]
    public async Task A_rendition_is_made_by_its_name(string name)
    {
        Assert.True(RenditionName.TryParse(name, out var parsed));

        var rendition = await fixture.Decoders.RenderAsync(TestImages.Jpeg(300, 200), parsed, DecoderLane.Normal, Cancel);

        Assert.Equal(name, rendition.Name);
        Assert.NotEmpty(rendition.Bytes);
    }

    [Fact]
    public async Task A_damaged_file_is_refused_and_the_process_goes_on()
    {
        var before = fixture.Decoders.IdleProcesses;

        var failure = await Assert.ThrowsAsync<UnusableImageException>(() =>
            fixture.Decoders.AnalyzeAsync(TestImages.Truncated(TestImages.Jpeg(640, 480), 0.5), DecoderLane.Normal, Cancel));

        Assert.Equal(FailureReason.Truncated, failure.Reason);
        Assert.NotEmpty(await AnalyzeAsync(fixture.Decoders));
        Assert.Equal(before, fixture.Decoders.IdleProcesses);
    }

    [Fact]
    public async Task A_process_that_is_killed_during_an_image_is_reported_and_replaced()
    {
        using var decoders = await fixture.StartAsync(new AnalysisOptions { MaxPixels = SlowImages.MaxPixels, ProcessorTimeLimit = TimeSpan.FromMinutes(5) }, Cancel);
        var process = Assert.Single(decoders.IdleProcesses);
        var analysis = decoders.AnalyzeAsync(SlowImages.ManyPixels, DecoderLane.Normal, Cancel);
        await ChildProcesses.WorksAsync(process, Cancel);

        ChildProcesses.Kill(process);

        var end = await Assert.ThrowsAsync<DecoderEndedException>(() => analysis);
        Assert.Equal(DecoderEnd.Crashed, end.End);
        Assert.Equal((137, SlowImages.ManyPixels.Length), (end.Diagnosis.ExitCode, end.Diagnosis.FileBytes));
        Assert.StartsWith("libvips ", end.Diagnosis.Library, StringComparison.Ordinal);
        Assert.NotEmpty(await AnalyzeAsync(decoders));
        Assert.NotEqual(process, Assert.Single(decoders.IdleProcesses));
    }

    [Fact]
    public async Task An_image_that_takes_too_much_processor_time_is_ended()
    {
        using var decoders = await fixture.StartAsync(new AnalysisOptions { MaxPixels = SlowImages.MaxPixels, ProcessorTimeLimit = TimeSpan.FromSeconds(1) }, Cancel);

        var end = await Assert.ThrowsAsync<DecoderEndedException>(() => decoders.AnalyzeAsync(SlowImages.ManyPixels, DecoderLane.Normal, Cancel));

        Assert.Equal(DecoderEnd.TooMuchProcessorTime, end.End);
    }

    [Fact]
    public async Task An_image_that_takes_too_much_memory_is_refused_and_the_worker_goes_on()
    {
        using var decoders = await fixture.StartAsync(new AnalysisOptions { HeavyBytes = int.MaxValue, MemoryBytes = 200_000_000 }, Cancel);

        var end = await Assert.ThrowsAsync<DecoderEndedException>(() => decoders.AnalyzeAsync(SlowImages.Large, DecoderLane.Normal, Cancel));

        Assert.Equal(DecoderEnd.TooMuchMemory, end.End);
        Assert.NotEmpty(await AnalyzeAsync(decoders));
    }

    [Fact]
    public async Task A_heavy_image_is_decoded_in_the_slow_lane_only()
    {
        var heavy = await Assert.ThrowsAsync<HeavyImageException>(() => fixture.Decoders.AnalyzeAsync(SlowImages.Large, DecoderLane.Normal, Cancel));
        var image = await fixture.Decoders.AnalyzeAsync(SlowImages.Large, DecoderLane.Slow, Cancel);

        Assert.Equal(SlowImages.LargeSide * SlowImages.LargeSide * 4L, heavy.NeededBytes);
        Assert.Equal((SlowImages.LargeSide, SlowImages.LargeSide), (image.Analysis.Width, image.Analysis.Height));
    }

    [Fact]
    public async Task A_cancelled_image_ends_its_process_at_once()
    {
        using var decoders = await fixture.StartAsync(new AnalysisOptions { MaxPixels = SlowImages.MaxPixels, ProcessorTimeLimit = TimeSpan.FromMinutes(5) }, Cancel);
        var process = Assert.Single(decoders.IdleProcesses);
        using var cancellation = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        var analysis = decoders.AnalyzeAsync(SlowImages.ManyPixels, DecoderLane.Normal, cancellation.Token);
        await ChildProcesses.WorksAsync(process, Cancel);

        await cancellation.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => analysis);
        await ChildProcesses.EndsAsync(process, Cancel);
    }

    [Fact]
    public async Task Five_hundred_damaged_files_end_in_a_result_or_a_reason_and_no_process_ends()
    {
        var before = fixture.Decoders.IdleProcesses;

        for (var seed = 0; seed < 500; seed++)
        {
            var mutant = Mutations.Of(SeedFiles.All, seed);

            try
            {
                _ = await fixture.Decoders.AnalyzeAsync(mutant, DecoderLane.Normal, Cancel);
            }
            catch (UnusableImageException exception)
            {
                Assert.Contains(exception.Reason, s_reasons);
            }
            catch (HeavyImageException)
            {
                // Its header says so; the slow lane would decide.
            }
            catch (Exception exception)
            {
                Assert.Fail($"Mutant {seed}: {exception.Message}");
            }
        }

        Assert.Equal(before, fixture.Decoders.IdleProcesses);
    }

    private static async Task<string> AnalyzeAsync(Decoders decoders) =>
        (await decoders.AnalyzeAsync(TestImages.Jpeg(200, 150), DecoderLane.Normal, Cancel)).Analysis.Phash;
}
