namespace BillionHearts.Storage;

/// <summary>Addresses of the form <c>scheme://container/key</c>, for stores whose real address differs between machines or runs.</summary>
internal sealed class BlobAddresses(string scheme, string container)
{
    private readonly string _start = $"{scheme}://{container}/";

    public Uri Of(string key) => new(_start + BlobKeys.Require(key));

    /// <summary>The key of an address in exactly the form that <see cref="Of"/> returns. Addresses that a parser would resolve or decode are refused.</summary>
    public bool TryGetKey(Uri address, out string key)
    {
        key = address.IsAbsoluteUri && address.OriginalString.StartsWith(_start, StringComparison.Ordinal)
            ? address.OriginalString[_start.Length..]
            : "";

        return BlobKeys.IsValid(key);
    }
}
