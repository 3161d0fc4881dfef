using BillionHearts.Analysis.Work;
using BillionHearts.Contracts;

namespace BillionHearts.Tests.Analysis;

public sealed class MemoryReturnTests
{
    private const int Image = 4 * 1024 * 1024;
    private const int Images = 64;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Memory_of_finished_images_is_given_back_while_nothing_is_analyzed()
    {
        var used = UsedByImages();

        await new MemoryReturn(new WorkSlots(1)).RunAsync(Cancel);

        Assert.True(Environment.WorkingSet < used - Images * Image / 2, $"{used} bytes before, {Environment.WorkingSet} after");
    }

    [Fact]
    public async Task Memory_is_given_back_between_images_once_it_has_become_much()
    {
        var slots = new WorkSlots(1);
        using var slot = await slots.EnterAsync(AnalysisLane.Fresh, Cancel);
        // More than the limit of 320 MB.
        var used = UsedByImages(2 * Images);

        await new MemoryReturn(slots).RunAsync(Cancel);

        Assert.True(Environment.WorkingSet < used - Images * Image, $"{used} bytes before, {Environment.WorkingSet} after");
    }

    /// <summary>Uses memory and drops it, in a method of its own, so that nothing refers to it afterwards.</summary>
    private static long UsedByImages(int count = Images)
    {
        var images = Enumerable.Range(0, count).Select(_ => new byte[Image]).ToArray();
        foreach (var image in images)
        {
            Array.Fill(image, (byte)1);
        }

        return Environment.WorkingSet;
    }
}
