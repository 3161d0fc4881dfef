using BillionHearts.Api.Platform.Input;
using Microsoft.OpenApi;

namespace BillionHearts.Api.Platform.Reference;

/// <summary>
/// Describes input that endpoints read themselves, which the OpenAPI generator cannot see. Not with <c>Accepts</c>: routing would then refuse
/// other content types before the endpoint can name those that it accepts.
/// </summary>
internal static class RequestDescriptions
{
    /// <summary>The JSON object that <paramref name="read"/> reads.</summary>
    public static RouteHandlerBuilder ReadsJson<T>(this RouteHandlerBuilder route, Func<FieldReader, T> read, bool isRequired = true) =>
        route.ReadsJson((fields, _) => read(fields), isRequired);

    /// <inheritdoc cref="ReadsJson{T}(RouteHandlerBuilder, Func{FieldReader, T}, bool)"/>
    /// <param name="read">Also gets the services, which hold its limits.</param>
    public static RouteHandlerBuilder ReadsJson<T>(this RouteHandlerBuilder route, Func<FieldReader, IServiceProvider, T> read, bool isRequired = true) =>
        route.AddOpenApiOperationTransformer((operation, context, _) =>
        {
            var fields = FieldReader.Describe(reader => read(reader, context.ApplicationServices));
            operation.RequestBody ??= new OpenApiRequestBody { Required = isRequired, Content = new Dictionary<string, OpenApiMediaType>() };
            operation.RequestBody.Content!.Add(JsonBody.ContentType, new OpenApiMediaType { Schema = Schema(fields, isClosed: true) });

            return Task.CompletedTask;
        });

    /// <summary>A form with these fields.</summary>
    public static RouteHandlerBuilder ReadsForm(this RouteHandlerBuilder route, string contentType, Func<IReadOnlyCollection<FieldDescription>> fields) =>
        route.AddOpenApiOperationTransformer((operation, _, _) =>
        {
            operation.RequestBody ??= new OpenApiRequestBody { Required = true, Content = new Dictionary<string, OpenApiMediaType>() };
            operation.RequestBody.Content!.Add(contentType, new OpenApiMediaType { Schema = Schema(fields(), isClosed: false) });

            return Task.CompletedTask;
        });

    /// <summary>The body is the bytes alone, of one of these content types.</summary>
    public static RouteHandlerBuilder ReadsBytes(this RouteHandlerBuilder route, IEnumerable<string> contentTypes) =>
        route.AddOpenApiOperationTransformer((operation, _, _) =>
        {
            operation.RequestBody = new OpenApiRequestBody { Required = true, Content = new Dictionary<string, OpenApiMediaType>() };

            foreach (var type in contentTypes)
            {
                operation.RequestBody.Content!.Add(type, new() { Schema = new OpenApiSchema { Type = JsonSchemaType.String, Format = "binary" } });
            }

            return Task.CompletedTask;
        });

    /// <summary>The query parameters that <paramref name="read"/> reads.</summary>
    public static RouteHandlerBuilder ReadsQuery(this RouteHandlerBuilder route, Action<ParameterReader> read) =>
        route.AddOpenApiOperationTransformer((operation, _, _) =>
        {
            foreach (var field in ParameterReader.Describe(read))
            {
                (operation.Parameters ??= []).Add(new OpenApiParameter
                {
                    Name = field.Name,
                    In = ParameterLocation.Query,
                    Description = field.Schema.Description,
                    Schema = field.Schema,
                });
            }

            return Task.CompletedTask;
        });

    public static RouteHandlerBuilder ReadsHeaders(this RouteHandlerBuilder route, params (string Name, string Description)[] headers) =>
        route.AddOpenApiOperationTransformer((operation, _, _) =>
        {
            foreach (var (name, description) in headers)
            {
                (operation.Parameters ??= []).Add(new OpenApiParameter
                {
                    Name = name,
                    In = ParameterLocation.Header,
                    Description = description,
                    Schema = new OpenApiSchema { Type = JsonSchemaType.String },
                });
            }

            return Task.CompletedTask;
        });

    private static OpenApiSchema Schema(IReadOnlyCollection<FieldDescription> fields, bool isClosed) => new()
    {
        Type = JsonSchemaType.Object,
        Required = fields.Where(field => field.IsRequired).Select(field => field.Name).ToHashSet(),
        Properties = fields.ToDictionary(field => field.Name, IOpenApiSchema (field) => field.Schema),
        AdditionalPropertiesAllowed = !isClosed,
    };
}
