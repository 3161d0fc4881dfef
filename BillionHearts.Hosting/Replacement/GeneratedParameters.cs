namespace BillionHearts.Hosting.Replacement;

/// <summary>
/// Parameters whose values Aspire would generate. One that an integration added, such as the password of <c>AddPostgres</c>, is not a resource of the model:
/// it is found through the references of a server's connection string.
/// </summary>
internal static class GeneratedParameters
{
    public static IEnumerable<ParameterResource> FindIn(IEnumerable<IResource> resources)
    {
        HashSet<object> reached = new(ReferenceEqualityComparer.Instance);
        Stack<object> open = new(resources);

        // A connection string refers to its server's endpoint, which refers to the server.
        while (open.TryPop(out var value))
        {
            if (reached.Add(value) && value is IValueWithReferences referring)
            {
                foreach (var reference in referring.References)
                {
                    open.Push(reference);
                }
            }
        }

        return reached.OfType<ParameterResource>().Where(parameter => parameter is { Secret: true, Default: not null });
    }
}
