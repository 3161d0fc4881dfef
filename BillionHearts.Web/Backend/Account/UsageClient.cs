namespace BillionHearts.Web.Backend.Account;

/// <summary>How much the user has stored.</summary>
internal sealed class UsageClient(HttpClient http)
{
    public Task<Answer<Usage>> FindAsync(long userId, CancellationToken cancellationToken) => http.ReadAsync<Usage>($"/users/{userId}/usage", cancellationToken);
}

/// <param name="MaxImages">Null if there is no limit, as of <paramref name="MaxBytes"/>.</param>
public sealed record Usage(long Images, long Bytes, long? MaxImages, long? MaxBytes, IReadOnlyList<TypeUsage> ByType);

public sealed record TypeUsage(string FileType, long Images, long Bytes);
