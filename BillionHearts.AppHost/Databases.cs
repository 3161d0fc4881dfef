/// <summary>The server, and the database of each service that owns data.</summary>
internal sealed record Databases(
    IResourceBuilder<PostgresServerResource> Server,
    IResourceBuilder<IResourceWithConnectionString> Images,
    IResourceBuilder<IResourceWithConnectionString> Notifications);

internal static class DatabaseExtensions
{
    private const string Images = "images";
    private const string Notifications = "notifications";

    /// <summary>
    /// PostgreSQL with a database for each service that owns data. On this machine Aspire creates the databases, and services connect as the superuser, which
    /// they accept in Development only. Published, the server is an image of its own that creates a role and a database for each service at its first start.
    /// </summary>
    public static Databases AddDatabases(this IDistributedApplicationBuilder builder, string name)
    {
        var server = builder.AddPostgres(name).WithDataVolume().WithRestartOnFailure();

        return builder.ExecutionContext.IsRunMode
            ? new Databases(server, server.AddDatabase($"{Images}db"), server.AddDatabase($"{Notifications}db"))
            : new Databases(server.WithDockerfile("postgres"), server.AddOwnedDatabase(Images), server.AddOwnedDatabase(Notifications));
    }

    // Role, database and password are those of postgres/roles.sh.
    private static IResourceBuilder<IResourceWithConnectionString> AddOwnedDatabase(this IResourceBuilder<PostgresServerResource> server, string role)
    {
        var builder = server.ApplicationBuilder;
        // Without special characters, because it is part of a connection string.
        var password = builder.AddParameter($"{role}db-password", new GenerateParameterDefault { MinLength = 22, Special = false }, secret: true);
        server.WithEnvironment($"{role.ToUpperInvariant()}DB_PASSWORD", password);

        var endpoint = server.Resource.PrimaryEndpoint;
        return builder.AddConnectionString($"{role}db", ReferenceExpression.Create(
            $"Host={endpoint.Property(EndpointProperty.Host)};Port={endpoint.Property(EndpointProperty.Port)};Username={role};Password={password};Database={role}db"));
    }
}
