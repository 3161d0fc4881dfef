using BillionHearts.ServiceDefaults.Errors;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;
using Scalar.AspNetCore;

namespace BillionHearts.Api.Platform.Reference;

/// <summary><c>/openapi/v1.json</c>, and <c>/docs</c>, which shows it. This process serves everything; no other host is contacted.</summary>
internal static class ApiReference
{
    public const string CredentialsScheme = "credentials";

    public static void AddApiReference(this IServiceCollection services) => services.AddOpenApi(options =>
    {
        options.AddDocumentTransformer((document, _, _) =>
        {
            document.Info = new OpenApiInfo
            {
                Title = "Billion Hearts",
                Version = "v1",
                Description = "Upload, serve and analyse images. Errors are `application/problem+json` (RFC 9457) with a stable `type` and a `traceId`.",
            };

            // Without servers, clients use the URL that the document came from. A fixed one would be that of a replica behind the gateway.
            document.Servers = [];

            // HEAD works wherever GET does; listing it would only double the page.
            foreach (var path in document.Paths.Values.Where(path => path.Operations?.ContainsKey(HttpMethod.Get) is true))
            {
                path.Operations?.Remove(HttpMethod.Head);
            }

            return Task.CompletedTask;
        });
        options.AddOperationTransformer(DescribeIds);
        options.AddDocumentTransformer(DescribeCredentials);
    });

    public static void MapApiReference(this IEndpointRouteBuilder routes)
    {
        routes.MapOpenApi().AllowAnonymous();
        routes.MapScalarApiReference("/docs", options =>
        {
            // The toolbar offers Scalar's own services, which readers of this page do not need.
            options.ShowDeveloperTools = DeveloperToolsVisibility.Never;
            options
                .WithTitle("Billion Hearts")
                // The gateway knows which service has which.
                .WithOpenApiRoutePattern("/openapi/{documentName}.json")
                .AddDocument("v1", "Images")
                .AddDocument("notifications", "Notifications")
                .WithDefaultHttpClient(ScalarTarget.Shell, ScalarClient.Curl)
                .DisableDefaultFonts()
                .DisableAgent()
                .DisableTelemetry();
        }).AllowAnonymous();
    }

    /// <summary>Lists the error statuses of a route; all have the same body.</summary>
    public static RouteHandlerBuilder Refuses(this RouteHandlerBuilder route, params ReadOnlySpan<int> statuses)
    {
        foreach (var status in statuses)
        {
            route.Produces<ProblemBody>(status, Problem.ContentType);
        }

        return route;
    }

    private static Task DescribeCredentials(OpenApiDocument document, OpenApiDocumentTransformerContext context, CancellationToken cancellationToken)
    {
        document.Components ??= new OpenApiComponents();
        document.Components.SecuritySchemes ??= new Dictionary<string, IOpenApiSecurityScheme>();
        document.Components.SecuritySchemes[CredentialsScheme] = new OpenApiSecurityScheme
        {
            Type = SecuritySchemeType.Http,
            Scheme = "bearer",
            Description = "A token from `POST /token`, or an API key. In Development, requests without credentials are accepted, except for account routes.",
        };
        return Task.CompletedTask;
    }

    private static Task DescribeIds(OpenApiOperation operation, OpenApiOperationTransformerContext context, CancellationToken cancellationToken)
    {
        foreach (var parameter in operation.Parameters?.OfType<OpenApiParameter>() ?? [])
        {
            if (parameter is { In: ParameterLocation.Path, Name: "id" })
            {
                parameter.Schema = new OpenApiSchema { Type = JsonSchemaType.Integer, Format = "int64", Minimum = "1" };
            }
        }

        return Task.CompletedTask;
    }
}
