using System.Text.Json.Nodes;
using BillionHearts.Api.Images;
using BillionHearts.Api.Input;
using BillionHearts.Api.Listing;
using Microsoft.OpenApi;

namespace BillionHearts.Api.Reference;

/// <summary>
/// Describes what handlers read themselves and the generator cannot see. Not by <c>Accepts</c>: routing would then refuse
/// other content types before the handler can say which ones there are.
/// </summary>
internal static class RequestDescriptions
{
    public static RouteHandlerBuilder ReadsJson<T>(this RouteHandlerBuilder route) =>
        route.AddOpenApiOperationTransformer(async (operation, context, cancellationToken) =>
        {
            var body = new OpenApiRequestBody { Required = true, Content = new Dictionary<string, OpenApiMediaType>() };
            body.Content.Add(JsonBody.ContentType, new() { Schema = await context.GetOrCreateSchemaAsync(typeof(T), null, cancellationToken) });
            operation.RequestBody = body;
        });

    /// <summary>An image's bytes with what belongs to them; beside the JSON that the route reads.</summary>
    public static RouteHandlerBuilder ReadsUploads(this RouteHandlerBuilder route) =>
        route.AddOpenApiOperationTransformer((operation, _, _) =>
        {
            operation.RequestBody?.Content?.Add(ImageUploads.ContentType, new OpenApiMediaType
            {
                Schema = new OpenApiSchema
                {
                    Type = JsonSchemaType.Object,
                    Required = new HashSet<string> { "file", "user_id" },
                    Properties = new Dictionary<string, IOpenApiSchema>
                    {
                        ["file"] = new OpenApiSchema { Type = JsonSchemaType.String, Format = "binary" },
                        ["user_id"] = new OpenApiSchema { Type = JsonSchemaType.Integer, Format = "int64", Minimum = "1" },
                        ["original_filename"] = new OpenApiSchema { Type = JsonSchemaType.String, MaxLength = ImageMetadata.MaxFilenameLength },
                    },
                },
            });
            return Task.CompletedTask;
        });

    public static RouteHandlerBuilder ReadsListing(this RouteHandlerBuilder route) =>
        route.AddOpenApiOperationTransformer((operation, _, _) =>
        {
            Add("limit", new OpenApiSchema
            {
                Type = JsonSchemaType.Integer,
                Minimum = "1",
                Maximum = $"{ListingQuery.MaxLimit}",
                Default = ListingQuery.DefaultLimit,
            });
            Add("cursor", new OpenApiSchema { Type = JsonSchemaType.String });
            Add("status", OneOf(ImageStatus.All));
            Add("file_type", OneOf(FileType.All.Select(type => type.Name)));
            Add("sort", OneOf(["-upload_date", "upload_date"]));
            return Task.CompletedTask;

            void Add(string name, OpenApiSchema schema) =>
                (operation.Parameters ??= []).Add(new OpenApiParameter { Name = name, In = ParameterLocation.Query, Schema = schema });
        });

    private static OpenApiSchema OneOf(IEnumerable<string> values) =>
        new() { Type = JsonSchemaType.String, Enum = [.. values.Select(value => JsonValue.Create(value))] };
}
