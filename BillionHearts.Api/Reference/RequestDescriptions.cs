using System.Text.Json.Nodes;
using BillionHearts.Api.Idempotency;
using BillionHearts.Api.Images;
using BillionHearts.Api.Input;
using BillionHearts.Api.Listing;
using BillionHearts.Api.SignIn;
using BillionHearts.Api.Users;
using Microsoft.OpenApi;

namespace BillionHearts.Api.Reference;

/// <summary>
/// Describes what handlers read themselves and the generator cannot see. Not by <c>Accepts</c>: routing would then refuse
/// other content types before the handler can say which ones there are.
/// </summary>
internal static class RequestDescriptions
{
    public static RouteHandlerBuilder ReadsJson<T>(this RouteHandlerBuilder route, bool isRequired = true) =>
        route.AddOpenApiOperationTransformer(async (operation, context, cancellationToken) =>
        {
            var body = new OpenApiRequestBody { Required = isRequired, Content = new Dictionary<string, OpenApiMediaType>() };
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

    /// <summary>The form of a sign-in.</summary>
    public static RouteHandlerBuilder ReadsSignInForm(this RouteHandlerBuilder route) =>
        route.AddOpenApiOperationTransformer((operation, _, _) =>
        {
            operation.RequestBody = new OpenApiRequestBody { Required = true, Content = new Dictionary<string, OpenApiMediaType>() };
            operation.RequestBody.Content!.Add(Credentials.ContentType, new OpenApiMediaType
            {
                Schema = new OpenApiSchema
                {
                    Type = JsonSchemaType.Object,
                    Required = new HashSet<string> { "username", "password" },
                    Properties = new Dictionary<string, IOpenApiSchema>
                    {
                        ["username"] = new OpenApiSchema { Type = JsonSchemaType.String, MaxLength = UserMapping.MaxUsernameLength },
                        ["password"] = new OpenApiSchema { Type = JsonSchemaType.String, Format = "password", MaxLength = Passwords.MaxLength },
                        ["grant_type"] = new OpenApiSchema { Type = JsonSchemaType.String, Enum = ["password"] },
                    },
                },
            });
            return Task.CompletedTask;
        });

    /// <summary>An image's bytes and nothing else.</summary>
    public static RouteHandlerBuilder ReadsBytes(this RouteHandlerBuilder route) =>
        route.AddOpenApiOperationTransformer((operation, _, _) =>
        {
            operation.RequestBody = new OpenApiRequestBody { Required = true, Content = new Dictionary<string, OpenApiMediaType>() };

            foreach (var type in FileType.All)
            {
                operation.RequestBody.Content!.Add(type.ContentType, new() { Schema = new OpenApiSchema { Type = JsonSchemaType.String, Format = "binary" } });
            }

            return Task.CompletedTask;
        });

    public static RouteHandlerBuilder ReadsIdempotencyKey(this RouteHandlerBuilder route) => route.ReadsHeaders(
        (IdempotencyKey.Header,
            "A name for this request, chosen by its sender: 1 to 255 visible ASCII characters. Sent again within 24 hours it is not carried out again; the first " +
            "answer comes back, with `Idempotency-Replayed: true`. Another request under the same key is refused with 422."));

    public static RouteHandlerBuilder ReadsDigests(this RouteHandlerBuilder route) => route.ReadsHeaders(
        ("Content-Digest", "What the body hashes to (RFC 9530), as `sha-256=:base64:` or `sha-512=:base64:`. Other bytes are refused with 400 and leave nothing."),
        ("Repr-Digest", "The same as Content-Digest, as bodies are accepted whole and without a coding."));

    public static RouteHandlerBuilder ReadsPreconditions(this RouteHandlerBuilder route) => route.ReadsHeaders(
        ("If-Match", "The ETag of the content, or of the image object, that is to be replaced; 412 when it is another by now."),
        ("If-None-Match", "`*`: only as long as there is no content."));

    private static RouteHandlerBuilder ReadsHeaders(this RouteHandlerBuilder route, params (string Name, string Description)[] headers) =>
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

    /// <summary>Which images of a user, in which order and from where on.</summary>
    public static RouteHandlerBuilder ReadsListing(this RouteHandlerBuilder route) => route
        .ReadsParameters(
            (ListingQuery.LimitParameter, new OpenApiSchema
            {
                Type = JsonSchemaType.Integer,
                Minimum = "1",
                Maximum = $"{ListingQuery.MaxLimit}",
                Default = ListingQuery.DefaultLimit,
            }),
            (ListingQuery.CursorParameter, new OpenApiSchema { Type = JsonSchemaType.String }))
        .ReadsFilter()
        .ReadsParameters((ListingQuery.SortParameter, OneOf(ListingOrder.All.Select(order => order.Name))));

    /// <summary>Which images of a user.</summary>
    public static RouteHandlerBuilder ReadsFilter(this RouteHandlerBuilder route) => route.ReadsParameters(
        ("status", OneOf(ImageStatus.All)),
        ("file_type", OneOf(FileType.All.Select(type => type.Name))),
        ("uploaded_from", Moment()),
        ("uploaded_to", Moment()),
        ("captured_from", Moment()),
        ("captured_to", Moment()),
        ("camera", new OpenApiSchema { Type = JsonSchemaType.String, MaxLength = ImageMapping.MaxCameraLength }),
        ("min_width", new OpenApiSchema { Type = JsonSchemaType.Integer, Format = "int32", Minimum = "1" }),
        ("min_height", new OpenApiSchema { Type = JsonSchemaType.Integer, Format = "int32", Minimum = "1" }),
        ("min_file_size", new OpenApiSchema { Type = JsonSchemaType.Integer, Format = "int64", Minimum = "1" }));

    private static RouteHandlerBuilder ReadsParameters(this RouteHandlerBuilder route, params (string Name, OpenApiSchema Schema)[] parameters) =>
        route.AddOpenApiOperationTransformer((operation, _, _) =>
        {
            foreach (var (name, schema) in parameters)
            {
                (operation.Parameters ??= []).Add(new OpenApiParameter { Name = name, In = ParameterLocation.Query, Schema = schema });
            }

            return Task.CompletedTask;
        });

    // Without the format date-time, which a date alone has not.
    private static OpenApiSchema Moment() => new() { Type = JsonSchemaType.String, Description = "An ISO 8601 date, or a time with its offset." };

    private static OpenApiSchema OneOf(IEnumerable<string> values) =>
        new() { Type = JsonSchemaType.String, Enum = [.. values.Select(value => JsonValue.Create(value))] };
}
