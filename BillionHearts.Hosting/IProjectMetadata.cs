using BillionHearts.Hosting.ApplicationModel;

namespace BillionHearts.Hosting;

/// <summary>Implemented by the <c>Projects.X</c> classes that <c>eng/Aspire.targets</c> writes.</summary>
public interface IProjectMetadata : IResourceAnnotation
{
    /// <summary>The project file.</summary>
    string ProjectPath { get; }

    /// <summary>The assembly that the build made of it.</summary>
    string AssemblyPath { get; }
}
