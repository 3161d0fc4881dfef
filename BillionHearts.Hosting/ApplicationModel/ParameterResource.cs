namespace BillionHearts.Hosting.ApplicationModel;

/// <summary>A value from configuration (<c>Parameters:name</c>), read when something first needs it.</summary>
public class ParameterResource : Resource, IExpressionValue
{
    private readonly Lazy<string> _value;

    internal ParameterResource(string name, Func<string> read, bool secret)
        : base(name)
    {
        _value = new(read);
        Secret = secret;
    }

    public bool Secret { get; }

    public string ValueExpression => $"{{{Name}.value}}";

    /// <summary>The value, for what has to know it at once; throws the same sentence as reading it later would.</summary>
    internal string Value => _value.Value;

    public ValueTask<string?> GetValueAsync(CancellationToken cancellationToken = default) => ValueTask.FromResult<string?>(_value.Value);
}

/// <summary>A connection string from configuration: a server that somebody else runs.</summary>
internal sealed class ConnectionStringResource(string name, ParameterResource parameter, string? environmentVariableName)
    : Resource(name), IResourceWithConnectionString
{
    public ReferenceExpression ConnectionStringExpression => ReferenceExpression.Create($"{Parameter}");

    public string? ConnectionStringEnvironmentVariable { get; } = environmentVariableName;

    internal ParameterResource Parameter { get; } = parameter;
}
