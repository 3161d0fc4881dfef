using BillionHearts.Api.Uploads.Idempotency;
using Microsoft.OpenApi;

namespace BillionHearts.Api.Uploads.Resumable;

/// <summary>Adds the headers of the protocol, which the generator cannot see, to the API reference.</summary>
internal static class TusReference
{
    private static readonly Dictionary<string, (string Description, JsonSchemaType Type)> s_headers = new()
    {
        [Tus.Headers.Resumable] = ($"The version of the protocol: {Tus.Version}.", JsonSchemaType.String),
        [Tus.Headers.Length] = ("The size of the whole upload in bytes. It cannot be deferred.", JsonSchemaType.Integer),
        [Tus.Headers.Offset] = ("The position of the body's first byte. It must be the current offset of the upload.", JsonSchemaType.Integer),
        [Tus.Headers.Metadata] = ("Pairs of a key and a base64 value, separated by commas: `user_id Nw==,filename aS5qcGc=`.", JsonSchemaType.String),
        [Tus.Headers.Checksum] = ($"An algorithm ({UploadChecksum.Algorithms}) and the checksum of the body in base64. If it does not match, the request is refused with 460 and the bytes are discarded.", JsonSchemaType.String),
        [IdempotencyKey.Header] = ("A key for this request. Sent again within 24 hours, it returns the same upload.", JsonSchemaType.String),
    };

    public static RouteHandlerBuilder DescribesTus(this RouteHandlerBuilder route, string[] required, string[] optional, bool bringsBytes, string[] answers) =>
        route.AddOpenApiOperationTransformer((operation, _, _) =>
        {
            Add(Tus.Headers.Resumable, isRequired: true);
            Array.ForEach(required, name => Add(name, isRequired: true));
            Array.ForEach(optional, name => Add(name, isRequired: false));

            if (bringsBytes)
            {
                operation.RequestBody = new OpenApiRequestBody { Content = new Dictionary<string, OpenApiMediaType>() };
                operation.RequestBody.Content!.Add(Tus.BodyType, new() { Schema = new OpenApiSchema { Type = JsonSchemaType.String, Format = "binary" } });
            }

            foreach (var response in operation.Responses?.Where(response => response.Key[0] is '2').Select(response => response.Value).OfType<OpenApiResponse>() ?? [])
            {
                response.Headers = answers.ToDictionary(
                    name => name, IOpenApiHeader (_) => new OpenApiHeader { Schema = new OpenApiSchema { Type = JsonSchemaType.String } });
            }

            return Task.CompletedTask;

            void Add(string name, bool isRequired) => (operation.Parameters ??= []).Add(new OpenApiParameter
            {
                Name = name,
                In = ParameterLocation.Header,
                Required = isRequired,
                Description = s_headers[name].Description,
                Schema = new OpenApiSchema { Type = s_headers[name].Type },
            });
        });
}
