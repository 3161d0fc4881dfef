namespace BillionHearts.Hosting.Testing;

/// <summary>
/// A host for tests: free ports, a data folder of its own that goes with it, no status page. Several live side by side.
/// </summary>
public static class DistributedApplicationTestingBuilder
{
    public static Task<IDistributedApplicationTestingBuilder> CreateAsync<TEntryPoint>(CancellationToken cancellationToken = default)
        where TEntryPoint : class => CreateAsync<TEntryPoint>([], cancellationToken);

    public static Task<IDistributedApplicationTestingBuilder> CreateAsync<TEntryPoint>(string[] args, CancellationToken cancellationToken = default)
        where TEntryPoint : class => CreateAsync(typeof(TEntryPoint), args, cancellationToken);

    public static Task<IDistributedApplicationTestingBuilder> CreateAsync(Type entryPoint, CancellationToken cancellationToken = default) =>
        CreateAsync(entryPoint, [], cancellationToken);

    public static async Task<IDistributedApplicationTestingBuilder> CreateAsync(
        Type entryPoint, string[] args, CancellationToken cancellationToken = default)
    {
        var session = new EntryPointSession(entryPoint.Assembly.EntryPoint
            ?? throw new DistributedApplicationException($"'{entryPoint.Assembly.GetName().Name}' has no entry point: it is not an AppHost."));

        try
        {
            return new TestingBuilder(await session.StartAsync(args, cancellationToken), session);
        }
        catch
        {
            session.Abandon();
            throw;
        }
    }

    /// <summary>An empty model with the same settings.</summary>
    public static IDistributedApplicationTestingBuilder Create(params string[] args) =>
        new TestingBuilder(EntryPointSession.CreateEmpty(args), session: null);
}
