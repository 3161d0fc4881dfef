namespace BillionHearts.Hosting.Tests.Servers;

/// <summary>The images that run as processes, described as Aspire's integrations describe them.</summary>
internal static class Containers
{
    public const string PostgresPassword = "p'w \"1";

    public static NativeServer ForImage(string image) => image switch
    {
        "postgres" => Postgres(),
        "rabbitmq" => RabbitMq(),
        "azurite" => Azurite(),
        _ => Nginx("server { listen 80; }"),
    };

    public static NativeServer Postgres() => new NativeServer("docker.io/library/postgres:18.1")
        .With("POSTGRES_USER", "postgres")
        .With("POSTGRES_PASSWORD", PostgresPassword)
        .With("POSTGRES_HOST_AUTH_METHOD", "scram-sha-256")
        .With("POSTGRES_INITDB_ARGS", "--auth-host=scram-sha-256 --auth-local=scram-sha-256")
        .WithVolume("/var/lib/postgresql/data")
        .WithEndpoint(5432);

    public static NativeServer RabbitMq() => new NativeServer("docker.io/library/rabbitmq:4.2-management")
        .With("RABBITMQ_DEFAULT_USER", "photos")
        .With("RABBITMQ_DEFAULT_PASS", "s3cret")
        .WithVolume("/var/lib/rabbitmq")
        .WithEndpoint(5672);

    public static NativeServer Azurite() => new NativeServer("mcr.microsoft.com/azure-storage/azurite:3.35.0")
        .WithArguments("azurite-blob", "--blobHost", "0.0.0.0", "--location", "/data", "--skipApiVersionCheck")
        .WithVolume("/data")
        .WithEndpoint(10000);

    public static NativeServer Nginx(string template)
    {
        var server = new NativeServer("docker.io/library/nginx:1.29");
        var templates = Directory.CreateDirectory(Path.Combine(server.Folder, "templates"));
        File.WriteAllText(Path.Combine(templates.FullName, "default.conf.template"), template);
        return server.WithMount(templates.FullName, "/etc/nginx/templates").WithEndpoint(80);
    }
}
