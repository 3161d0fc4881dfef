using System.Diagnostics;

namespace BillionHearts.Analysis.Imaging;

/// <summary>Measures steps that follow one another without a gap.</summary>
internal sealed class StepClock
{
    private readonly List<StepTime> _steps = [];
    private long _startedAt = Stopwatch.GetTimestamp();

    public IReadOnlyList<StepTime> Steps => _steps;

    /// <summary>Ends the step that began where the last one ended.</summary>
    public void Ends(string name)
    {
        _steps.Add(new StepTime(name, Stopwatch.GetElapsedTime(_startedAt)));
        _startedAt = Stopwatch.GetTimestamp();
    }

    /// <summary>Runs a step and measures it.</summary>
    public T Time<T>(string name, Func<T> step)
    {
        var result = step();
        Ends(name);
        return result;
    }
}

/// <param name="Name">Must be one of few names: each becomes a time series.</param>
internal sealed record StepTime(string Name, TimeSpan Duration);
