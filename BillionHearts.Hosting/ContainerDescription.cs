using System.Text.Json;
using System.Text.Json.Serialization;

namespace BillionHearts.Hosting;

/// <summary>A container as the AppHost describes it to the launcher, in one variable: the arguments are the container's own.</summary>
internal sealed record ContainerDescription
{
    public const string Variable = "BILLIONHEARTS_CONTAINER";

    public required string Name { get; init; }

    /// <summary>With registry and tag, such as <c>docker.io/library/postgres:18.1</c>.</summary>
    public required string Image { get; init; }

    /// <summary>Private folder of the resource; survives restarts.</summary>
    public required string DataPath { get; init; }

    /// <summary>Where <c>npm ci</c> put the servers that Debian does not package; contains <c>node_modules</c>.</summary>
    public required string ToolsPath { get; init; }

    /// <summary>The file with the passwords that were generated for this data.</summary>
    public required string SecretsPath { get; init; }

    /// <summary>Which variables of the environment are the container's; the rest is the host's own.</summary>
    public required IReadOnlyList<string> Variables { get; init; }

    public required IReadOnlyList<MountedPath> Mounts { get; init; }

    /// <summary>Ports to listen on, on loopback.</summary>
    public required IReadOnlyList<ListeningPort> Endpoints { get; init; }

    public string ToJson() => JsonSerializer.Serialize(this, ContainerJson.Default.ContainerDescription);

    public static ContainerDescription? FromJson(string json) => JsonSerializer.Deserialize(json, ContainerJson.Default.ContainerDescription);
}

/// <param name="Source">Absolute path on this machine.</param>
/// <param name="Target">Path inside the container.</param>
internal sealed record MountedPath(string Source, string Target, bool IsReadOnly);

/// <param name="ContainerPort">The port the image listens on in a container, such as 5432; tells which listener is meant.</param>
/// <param name="Port">The port to listen on here.</param>
internal sealed record ListeningPort(string Name, int ContainerPort, int Port);

[JsonSerializable(typeof(ContainerDescription))]
internal sealed partial class ContainerJson : JsonSerializerContext;
