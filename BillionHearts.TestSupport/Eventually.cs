using System.Collections;
using System.Runtime.CompilerServices;

namespace BillionHearts.TestSupport;

/// <summary>
/// Polls for a condition until a time limit. The only place where tests wait for time to pass: the convention tests refuse
/// <c>Task.Delay</c> anywhere else.
/// </summary>
public static class Eventually
{
    private static readonly TimeSpan s_pause = TimeSpan.FromMilliseconds(50);

    /// <summary>Reads until the value meets the condition, and returns that value.</summary>
    /// <exception cref="TimeoutException">It did not within the limit; the message has the value that was read last.</exception>
    public static Task<T> ReadAsync<T>(
        Func<CancellationToken, Task<T>> read, Func<T, bool> until, TimeSpan within, CancellationToken cancellationToken) =>
        ReadAsync(read, until, within, s_pause, cancellationToken);

    /// <param name="pause">Time between two reads, where a read is expensive for the system under test.</param>
    /// <inheritdoc cref="ReadAsync{T}(Func{CancellationToken, Task{T}}, Func{T, bool}, TimeSpan, CancellationToken)"/>
    public static async Task<T> ReadAsync<T>(
        Func<CancellationToken, Task<T>> read, Func<T, bool> until, TimeSpan within, TimeSpan pause, CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(within);
        var last = "nothing: the first read did not end in time";

        try
        {
            while (true)
            {
                var value = await read(limit.Token);
                if (until(value))
                {
                    return value;
                }

                last = Describe(value);
                await Task.Delay(pause, limit.Token);
            }
        }
        catch (OperationCanceledException) when (limit.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            throw new TimeoutException($"The condition did not hold within {within.TotalSeconds:0.#} s. Read last: {last}");
        }
    }

    /// <summary>Waits until the condition is true.</summary>
    /// <exception cref="TimeoutException">It was not within the limit; the message has the condition's source text.</exception>
    public static Task TrueAsync(
        Func<bool> condition,
        TimeSpan within,
        CancellationToken cancellationToken,
        [CallerArgumentExpression(nameof(condition))] string text = "") =>
        TrueAsync(_ => Task.FromResult(condition()), within, cancellationToken, text);

    /// <inheritdoc cref="TrueAsync(Func{bool}, TimeSpan, CancellationToken, string)"/>
    public static async Task TrueAsync(
        Func<CancellationToken, Task<bool>> condition,
        TimeSpan within,
        CancellationToken cancellationToken,
        [CallerArgumentExpression(nameof(condition))] string text = "")
    {
        try
        {
            await ReadAsync(condition, until: holds => holds, within, cancellationToken);
        }
        catch (TimeoutException)
        {
            throw new TimeoutException($"Not true within {within.TotalSeconds:0.#} s: {text}");
        }
    }

    /// <summary>Repeats an attempt until it throws nothing, for a server that is starting.</summary>
    /// <param name="hasEnded">Whether the server has ended, so that no further attempt can succeed.</param>
    /// <exception cref="TimeoutException">No attempt succeeded; the inner exception is that of the last one.</exception>
    public static async Task SucceedsAsync(
        Func<CancellationToken, Task> attempt, Func<bool> hasEnded, TimeSpan within, CancellationToken cancellationToken)
    {
        Exception? last = null;

        try
        {
            await ReadAsync(
                async cancel =>
                {
                    last = await TryAsync(attempt, cancel);
                    return last is null || hasEnded();
                },
                until: isOver => isOver,
                within,
                cancellationToken);
        }
        catch (TimeoutException)
        {
            throw new TimeoutException($"No attempt succeeded within {within.TotalSeconds:0.#} s. The last one: {last?.Message}", last);
        }

        if (last is not null)
        {
            throw new TimeoutException($"It ended before an attempt succeeded. The last one: {last.Message}", last);
        }
    }

    private static async Task<Exception?> TryAsync(Func<CancellationToken, Task> attempt, CancellationToken cancellationToken)
    {
        try
        {
            await attempt(cancellationToken);
            return null;
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
        {
            return exception;
        }
    }

    /// <summary>A list as its elements: its own text is the name of its type.</summary>
    private static string Describe<T>(T value) => value is IEnumerable elements and not string
        ? $"[{string.Join(", ", elements.Cast<object?>())}]"
        : $"{value}";
}
