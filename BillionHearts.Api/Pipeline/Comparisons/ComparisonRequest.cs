using BillionHearts.Api.Pipeline.Reruns;
using BillionHearts.Api.Platform.Input;

namespace BillionHearts.Api.Pipeline.Comparisons;

/// <param name="Sample">How many images to compare at most.</param>
/// <param name="Analyzer">Only images whose analysis is by a lower version of this analyser.</param>
internal sealed record ComparisonRequest(int Sample, string? Analyzer, long? UserId)
{
    public const int DefaultSample = 200;
    public const int MaxSample = 1000;

    public static ComparisonRequest Read(FieldReader fields)
    {
        var sample = (int?)fields.OptionalInteger("sample", 1, MaxSample) ?? DefaultSample;
        var analyzer = fields.OptionalText("analyzer", AnalyzerVersion.MaxLength);
        AnalyzerVersion.Check(fields, analyzer);

        return new ComparisonRequest(sample, analyzer, fields.OptionalInteger("user_id", 1, long.MaxValue));
    }
}
