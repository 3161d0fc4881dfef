using System.Security.Cryptography;
using Aspire.Hosting.Publishing;
using BillionHearts.Hosting;

internal static class SigningKeyExtensions
{
    /// <summary>
    /// Adds a parameter for a key that signs tokens. Unless configuration has one, it is generated at the first start and kept, as generated passwords are: a
    /// token and a receipt stay valid when everything is started again.
    /// </summary>
    public static IResourceBuilder<ParameterResource> AddGeneratedSigningKey(this IDistributedApplicationBuilder builder, string name) =>
        builder.AddParameter(name, new SigningKeyDefault(), secret: true, persist: true)
            .WithAnnotation(new GeneratedValueAnnotation(NewKey));

    // ECDSA P-256, PKCS#8, base64 of DER: what the setting Auth:SigningKey takes.
    private static string NewKey()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        return Convert.ToBase64String(key.ExportPkcs8PrivateKey());
    }

    private sealed class SigningKeyDefault : ParameterDefault
    {
        public override string GetDefaultValue() => NewKey();

        public override void WriteToManifest(ManifestPublishingContext context) =>
            throw new NotSupportedException("A manifest cannot hold a generated key: what is published asks for one.");
    }
}
