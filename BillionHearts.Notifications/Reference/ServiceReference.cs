using BillionHearts.ServiceDefaults.Errors;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace BillionHearts.Notifications.Reference;

/// <summary><c>/openapi/notifications.json</c>, the part of the API that this service serves. The api's <c>/docs</c> shows it beside its own.</summary>
internal static class ServiceReference
{
    public const string DocumentName = "notifications";

    private const string CredentialsScheme = "credentials";

    public static void AddServiceReference(this IServiceCollection services) => services.AddOpenApi(DocumentName, options =>
    {
        options.AddDocumentTransformer((document, _, _) =>
        {
            document.Info = new OpenApiInfo
            {
                Title = "Billion Hearts: notifications",
                Version = "v1",
                Description = "What happened to a user's images. Errors are `application/problem+json` (RFC 9457) with a stable `type` and a `traceId`.",
            };

            // As in the api's document: clients use the URL that it came from.
            document.Servers = [];
            document.Components ??= new OpenApiComponents();
            document.Components.SecuritySchemes ??= new Dictionary<string, IOpenApiSecurityScheme>();
            document.Components.SecuritySchemes[CredentialsScheme] = new OpenApiSecurityScheme
            {
                Type = SecuritySchemeType.Http,
                Scheme = "bearer",
                Description = "A token from `POST /token`, or an API key.",
            };

            return Task.CompletedTask;
        });
        options.AddOperationTransformer(DescribeUser);
    });

    public static void MapServiceReference(this IEndpointRouteBuilder routes) => routes.MapOpenApi("/openapi/{documentName}.json");

    /// <summary>Lists the error statuses of a route; all have the same body.</summary>
    public static RouteHandlerBuilder Refuses(this RouteHandlerBuilder route, params ReadOnlySpan<int> statuses)
    {
        foreach (var status in statuses)
        {
            route.Produces<ProblemBody>(status, Problem.ContentType);
        }

        return route;
    }

    /// <summary>Describes the optional parameters that an endpoint reads from the query itself.</summary>
    public static RouteHandlerBuilder TakesQuery(this RouteHandlerBuilder route, params (string Name, string Description)[] parameters) =>
        route.AddOpenApiOperationTransformer((operation, _, _) =>
        {
            operation.Parameters ??= [];

            foreach (var (name, description) in parameters)
            {
                operation.Parameters.Add(new OpenApiParameter
                {
                    Name = name,
                    In = ParameterLocation.Query,
                    Description = description,
                    Schema = new OpenApiSchema { Type = JsonSchemaType.String },
                });
            }

            return Task.CompletedTask;
        });

    private static Task DescribeUser(OpenApiOperation operation, OpenApiOperationTransformerContext context, CancellationToken cancellationToken)
    {
        foreach (var parameter in operation.Parameters?.OfType<OpenApiParameter>() ?? [])
        {
            if (parameter is { In: ParameterLocation.Path, Name: "id" })
            {
                parameter.Schema = new OpenApiSchema { Type = JsonSchemaType.Integer, Format = "int64", Minimum = "1" };
                operation.Security = [new OpenApiSecurityRequirement { [new OpenApiSecuritySchemeReference(CredentialsScheme, context.Document)] = [] }];
            }
        }

        return Task.CompletedTask;
    }
}
