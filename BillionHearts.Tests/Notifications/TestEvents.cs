using BillionHearts.Contracts;

namespace BillionHearts.Tests.Notifications;

internal static class TestEvents
{
    private static long s_users;
    private static long s_images;

    /// <summary>A user that no other test of this process has.</summary>
    public static long NewUser() => (Interlocked.Increment(ref s_users) % 1000) + 1;

    public static ImageEvent Analyzed(long userId) => new()
    {
        EventId = Guid.CreateVersion7(),
        Type = ImagesExchange.Keys.Analyzed,
        ImageId = Interlocked.Increment(ref s_images),
        UserId = userId,
        Version = 1,
        OccurredAt = new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.FromHours(2)),
    };

    public static ImageEvent Failed(long userId) => Analyzed(userId) with
    {
        Type = ImagesExchange.Keys.Failed,
        Failure = new AnalysisFailure("corrupt", "The image's data ends \"early\".\nNothing was kept."),
    };
}
