using System.Diagnostics.CodeAnalysis;
using BillionHearts.ServiceDefaults.Errors;

namespace BillionHearts.Api.Platform.Errors;

/// <summary>
/// The result of an operation: its value, or the problem that it was refused with. Every operation in this service that can be refused and
/// has a value returns this type; a check without a value returns a <see cref="ServiceDefaults.Errors.Problem"/> or <see langword="null"/>.
/// </summary>
internal readonly struct Outcome<T> where T : notnull
{
    private readonly T? _value;

    private Outcome(T? value, Problem? problem) => (_value, Problem) = (value, problem);

    /// <summary><see langword="null"/> when there is a value.</summary>
    public Problem? Problem { get; }

    public static implicit operator Outcome<T>(T value) => new(value, null);

    public static implicit operator Outcome<T>(Problem problem) => new(default, problem);

    public bool TryGet([NotNullWhen(true)] out T? value, [NotNullWhen(false)] out Problem? problem)
    {
        (value, problem) = (_value, Problem);

        return problem is null;
    }

    /// <summary>For an endpoint: the response to a value or to a problem.</summary>
    public IResult ToResult(Func<T, IResult> answer) => Problem is { } problem ? problem : answer(_value!);
}
