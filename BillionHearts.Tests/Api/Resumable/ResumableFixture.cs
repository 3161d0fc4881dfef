using System.Security.Cryptography;
using BillionHearts.Tests.Distributed;

namespace BillionHearts.Tests.Api.Resumable;

/// <summary>An api whose pieces are small, so that little files are many of them.</summary>
public sealed class ResumableFixture(AppHostFixture app) : IAsyncLifetime
{
    public const int PieceBytes = 64 * 1024;

    public const int MaxUnfinished = 30;

    internal ApiHost Host { get; private set; } = null!;

    internal TusClient Tus { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        Host = await ApiHost.StartAsync(
            app, TestContext.Current.CancellationToken, ("Resumable:PieceBytes", $"{PieceBytes}"), ("Resumable:MaxUnfinished", $"{MaxUnfinished}"));
        Tus = new TusClient(Host.Http);
    }

    public ValueTask DisposeAsync() => Host is null ? ValueTask.CompletedTask : Host.DisposeAsync();

    /// <summary>A JPEG of exactly this length, no two of them alike.</summary>
    internal static byte[] Photo(int length)
    {
        var picture = TestImages.Jpeg(64, 48);
        return [.. picture, .. RandomNumberGenerator.GetBytes(length - picture.Length)];
    }

    /// <summary>How many blobs there are once the parts that are retired have been removed.</summary>
    internal async Task<int> CountBlobsAsync(CancellationToken cancellationToken)
    {
        await Host.Database.ExecuteAsync("UPDATE retired_blobs SET due_at = now()", cancellationToken);
        await Eventually.ReadAsync(
            cancel => Host.Database.ScalarAsync<long>("SELECT count(*) FROM retired_blobs WHERE blob_key LIKE 'incoming/%'", cancel),
            until: left => left is 0, TimeSpan.FromSeconds(30), cancellationToken);
        return await Host.CountBlobsAsync(cancellationToken);
    }
}
