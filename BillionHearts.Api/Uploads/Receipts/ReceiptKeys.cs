using System.Security.Cryptography;
using BillionHearts.Api.Accounts.Access;
using BillionHearts.Api.Platform.Data;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace BillionHearts.Api.Uploads.Receipts;

/// <summary>The keys that sign receipts. They are in the database, so that every replica signs with the same key.</summary>
internal sealed class ReceiptKeys(IServiceScopeFactory scopes, TimeProvider clock, IOptions<ReceiptOptions> options)
{
    /// <summary>An arbitrary number that must not change between releases. Replicas that find no key take this lock, so that only one creates a key.</summary>
    private const long AdvisoryLock = 0x62_68_72_6B_65_79;

    /// <summary>How long the key is cached: a replica may use the old key for this long after another replica has created a new one.</summary>
    private static readonly TimeSpan s_remembered = TimeSpan.FromMinutes(5);

    private volatile Remembered? _remembered;

    /// <summary>The current key. Creates one if there is none or the newest is too old.</summary>
    public async ValueTask<ReceiptKey> GetSigningKeyAsync(CancellationToken cancellationToken)
    {
        if (_remembered is { } known && clock.GetElapsedTime(known.At) < s_remembered)
        {
            return known.Key;
        }

        await using var scope = scopes.CreateAsyncScope();
        var key = await FindOrCreateAsync(scope.ServiceProvider.GetRequiredService<ImagesDbContext>(), cancellationToken);
        _remembered = new Remembered(key, clock.GetTimestamp());
        return key;
    }

    /// <summary>Every key that may have signed a receipt, newest first.</summary>
    public async Task<PublicKeySet> GetPublicKeysAsync(CancellationToken cancellationToken)
    {
        // So that the set has a key even before the first receipt is issued.
        await GetSigningKeyAsync(cancellationToken);
        await using var scope = scopes.CreateAsyncScope();
        var keys = await scope.ServiceProvider.GetRequiredService<ImagesDbContext>().ReceiptKeys.AsNoTracking()
            .OrderByDescending(key => key.CreatedAt).ToListAsync(cancellationToken);

        return new PublicKeySet([.. keys.Select(GetPublicKey)]);
    }

    private async Task<ReceiptKey> FindOrCreateAsync(ImagesDbContext db, CancellationToken cancellationToken) =>
        await FindAsync(db, cancellationToken) ?? await db.InTransactionAsync(
            async cancel =>
            {
                await db.Database.ExecuteSqlAsync($"SELECT pg_advisory_xact_lock({AdvisoryLock})", cancel);
                return await FindAsync(db, cancel) ?? await CreateAsync(db, cancel);
            },
            cancellationToken);

    private Task<ReceiptKey?> FindAsync(ImagesDbContext db, CancellationToken cancellationToken) => db.ReceiptKeys
        .FromSql($"SELECT * FROM receipt_keys WHERE created_at > now() - {options.Value.KeyLifetime} ORDER BY created_at DESC LIMIT 1")
        .AsNoTracking()
        .SingleOrDefaultAsync(cancellationToken);

    private static async Task<ReceiptKey> CreateAsync(ImagesDbContext db, CancellationToken cancellationToken)
    {
        using var pair = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var key = new ReceiptKey { Id = PublicKey.From(pair).Kid, PrivateKey = pair.ExportPkcs8PrivateKey() };
        db.ReceiptKeys.Add(key);
        await db.SaveChangesAsync(cancellationToken);
        return key;
    }

    private static PublicKey GetPublicKey(ReceiptKey key)
    {
        using var pair = ECDsa.Create();
        pair.ImportPkcs8PrivateKey(key.PrivateKey, out _);
        return PublicKey.From(pair);
    }

    private sealed record Remembered(ReceiptKey Key, long At);
}
