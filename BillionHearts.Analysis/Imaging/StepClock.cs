using System.Diagnostics;

namespace BillionHearts.Analysis.Imaging;

/// <summary>Times steps that follow one another without a gap.</summary>
internal sealed class StepClock
{
    private readonly List<StepTime> _steps = [];
    private long _startedAt = Stopwatch.GetTimestamp();

    public IReadOnlyList<StepTime> Steps => _steps;

    /// <summary>The step that began where the last one ended.</summary>
    public void Ends(string name)
    {
        _steps.Add(new StepTime(name, Stopwatch.GetElapsedTime(_startedAt)));
        _startedAt = Stopwatch.GetTimestamp();
    }

    /// <summary>Does a step, which is told its name.</summary>
    public T Time<T>(string name, Func<string, T> step)
    {
        var result = step(name);
        Ends(name);
        return result;
    }
}

/// <param name="Name">One of few: each is a time series of its own.</param>
internal sealed record StepTime(string Name, TimeSpan Duration);
