using System.Runtime.CompilerServices;

namespace BillionHearts.Hosting.Tests.Processes;

/// <summary>Waits for a condition, and says which one when it does not come.</summary>
internal static class Until
{
    private static readonly TimeSpan s_pause = TimeSpan.FromMilliseconds(25);

    public static Task TrueAsync(Func<bool> condition, TimeSpan within, [CallerArgumentExpression(nameof(condition))] string text = "") =>
        TrueAsync(() => Task.FromResult(condition()), within, text);

    public static async Task TrueAsync(
        Func<Task<bool>> condition, TimeSpan within, [CallerArgumentExpression(nameof(condition))] string text = "")
    {
        var start = TimeProvider.System.GetTimestamp();

        while (!await condition())
        {
            Assert.True(TimeProvider.System.GetElapsedTime(start) < within, $"After {within.TotalSeconds} s still not: {text}");
            await Task.Delay(s_pause, TestContext.Current.CancellationToken);
        }
    }
}
