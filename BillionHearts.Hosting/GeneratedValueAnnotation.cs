namespace BillionHearts.Hosting;

/// <summary>How to make the value of a generated parameter that is not a password, such as a key.</summary>
public sealed class GeneratedValueAnnotation(Func<string> create) : IResourceAnnotation
{
    public string Create() => create();
}
