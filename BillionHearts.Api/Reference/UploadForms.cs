using BillionHearts.Api.Images;
using BillionHearts.Api.Input;
using BillionHearts.Api.Listing;
using Microsoft.OpenApi;

namespace BillionHearts.Api.Reference;

/// <summary>What the generator cannot see, because handlers read it themselves.</summary>
internal static class UploadForms
{
    /// <summary>One address that takes a form with bytes, or JSON without.</summary>
    public static RouteHandlerBuilder AcceptsUploads(this RouteHandlerBuilder route) => route
        .Accepts<ImageMetadata>(JsonBody.ContentType)
        .AddOpenApiOperationTransformer((operation, _, _) =>
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

    public static RouteHandlerBuilder DescribesListing(this RouteHandlerBuilder route) => route
        .AddOpenApiOperationTransformer((operation, _, _) =>
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
            Add("file_type", OneOf(FileType.Names.Split(", ")));
            Add("sort", OneOf(["-upload_date", "upload_date"]));
            return Task.CompletedTask;

            void Add(string name, OpenApiSchema schema) =>
                (operation.Parameters ??= []).Add(new OpenApiParameter { Name = name, In = ParameterLocation.Query, Schema = schema });
        });

    private static OpenApiSchema OneOf(IEnumerable<string> values) =>
        new() { Type = JsonSchemaType.String, Enum = [.. values.Select(value => System.Text.Json.Nodes.JsonValue.Create(value)!)] };
}
