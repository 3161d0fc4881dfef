using BillionHearts.Api.Platform.Input;

namespace BillionHearts.Api.Pipeline.Reruns;

/// <param name="Scope">One of <see cref="RerunScope"/>.</param>
/// <param name="Analyzer">Set for <see cref="RerunScope.OlderThan"/>.</param>
public sealed record RerunRequest(string Scope, string? Analyzer, long? UserId)
{
    internal static RerunRequest Read(FieldReader fields)
    {
        var scope = fields.OneOf("scope", text => RerunScope.Names.Contains(text) ? text : null, RerunScope.Names, isRequired: true) ?? "";
        var analyzer = fields.OptionalText("analyzer", AnalyzerVersion.MaxLength);
        var userId = fields.OptionalInteger("user_id", 1, long.MaxValue);

        if (scope is RerunScope.OlderThan && analyzer is null && !fields.Errors.Has("analyzer"))
        {
            fields.Errors.Add("analyzer", "is required with the scope older_than");
        }
        else if (analyzer is not null && scope is RerunScope.All or RerunScope.Failed)
        {
            fields.Errors.Add("analyzer", $"is only for the scope older_than, not for {scope}");
        }
        else
        {
            AnalyzerVersion.Check(fields, analyzer);
        }

        return new RerunRequest(scope, analyzer, userId);
    }
}
