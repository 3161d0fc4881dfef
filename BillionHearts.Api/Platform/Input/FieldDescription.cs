using System.Globalization;
using Microsoft.OpenApi;

namespace BillionHearts.Api.Platform.Input;

/// <summary>A field as OpenAPI shows it. It comes from the same declaration that reads the field, so the two cannot differ.</summary>
internal sealed record FieldDescription(string Name, OpenApiSchema Schema, bool IsRequired)
{
    public static OpenApiSchema Integer(long min, long max) => new()
    {
        Type = JsonSchemaType.Integer,
        Format = max > int.MaxValue ? "int64" : "int32",
        Minimum = FormattableString.Invariant($"{min}"),
        Maximum = max is long.MaxValue or int.MaxValue ? null : FormattableString.Invariant($"{max}"),
    };

    public static OpenApiSchema Share() => new() { Type = JsonSchemaType.Number, Format = "double", Minimum = "0", Maximum = "1" };

    public static OpenApiSchema Text(int maxLength) => new() { Type = JsonSchemaType.String, MinLength = 1, MaxLength = maxLength };

    public static OpenApiSchema OneOf(IEnumerable<string> names) =>
        new() { Type = JsonSchemaType.String, Enum = [.. names.Select(name => System.Text.Json.Nodes.JsonValue.Create(name))] };

    // Without the format date-time, which a date alone does not have.
    public static OpenApiSchema Moment() => new() { Type = JsonSchemaType.String, Description = "An ISO 8601 date, or a time with its offset." };

    public static OpenApiSchema Integers(int most, long min, long max) => new()
    {
        Type = JsonSchemaType.String,
        Pattern = "^[0-9]+(,[0-9]+)*$",
        Description = string.Create(CultureInfo.InvariantCulture, $"At most {most} whole numbers from {min} to {max}, with commas between them."),
    };

    public static OpenApiSchema Month() => new() { Type = JsonSchemaType.String, Pattern = "^[0-9]{4}-[0-9]{2}$", Description = "A month in UTC, such as 2026-11." };

    public static OpenApiSchema Array(OpenApiSchema items, int maxCount) => new() { Type = JsonSchemaType.Array, Items = items, MaxItems = maxCount };
}
