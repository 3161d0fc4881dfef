namespace BillionHearts.Tests.Analysis;

/// <summary>Files that tests cannot make themselves. <c>Samples/README.md</c> says how each was made.</summary>
internal static class Samples
{
    public static byte[] Read(string name) => File.ReadAllBytes(Path.Combine(Repository.Root, "BillionHearts.Tests", "Analysis", "Samples", name));
}
