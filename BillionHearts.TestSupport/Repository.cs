namespace BillionHearts.TestSupport;

/// <summary>The folder of this repository, for what tests read or start from it.</summary>
public static class Repository
{
    public static string Root { get; } = Find();

    private static string Find()
    {
        var folder = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(folder, "BillionHearts.sln")))
        {
            folder = Path.GetDirectoryName(folder) ?? throw new InvalidOperationException("No BillionHearts.sln above the tests.");
        }

        return folder;
    }
}
