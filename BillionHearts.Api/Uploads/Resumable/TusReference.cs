using BillionHearts.Api.Uploads.Idempotency;
using Microsoft.OpenApi;

namespace BillionHearts.Api.Uploads.Resumable;

/// <summary>Describes the headers of the protocol, which the generator cannot see, in the API's reference.</summary>
internal static class TusReference
{
    private static readonly Dictionary<string, (string Description, JsonSchemaType Type)> s_headers = new()
    {
        [Tus.Headers.Resumable] = ($"The version of the protocol: {Tus.Version}.", JsonSchemaType.String),
        [Tus.Headers.Length] = ("Bytes of the whole upload. It cannot be deferred.", JsonSchemaType.Integer),
        [Tus.Headers.Offset] = ("Where the body's first byte belongs; it must be where the upload is.", JsonSchemaType.Integer),
        [Tus.Headers.Metadata] = ("Pairs of a key and a base64 value, separated by commas: `user_id Nw==,filename aS5qcGc=`.", JsonSchemaType.String),
        [Tus.Headers.Checksum] = ($"An algorithm ({UploadChecksum.Algorithms}) and the base64 of what the body hashes to. Other bytes are refused with 460 and not kept.", JsonSchemaType.String),
        [IdempotencyKey.Header] = ("A name for this request: sent again within 24 hours, it leads to the same upload.", JsonSchemaType.String),
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
