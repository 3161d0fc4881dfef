using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.Options;

namespace BillionHearts.Api.Users;

/// <summary>Hashes passwords, one at a time: a hash takes a quarter of a second of one processor, which uploads need too.</summary>
internal sealed class Passwords : IDisposable
{
    public const int MaxLength = 128;

    /// <summary>PBKDF2-SHA512, as OWASP recommends.</summary>
    private const int Iterations = 220_000;

    private const int MaxWaiting = 8;

    private readonly PasswordHasher<User> _hasher = new(Options.Create(new PasswordHasherOptions { IterationCount = Iterations }));
    private readonly SemaphoreSlim _turn = new(1);
    private int _waiting;

    /// <returns><see langword="null"/> when too many wait for their turn already.</returns>
    public async Task<string?> TryHashAsync(string password, CancellationToken cancellationToken)
    {
        if (Interlocked.Increment(ref _waiting) > MaxWaiting)
        {
            Interlocked.Decrement(ref _waiting);
            return null;
        }

        try
        {
            await _turn.WaitAsync(cancellationToken);

            try
            {
                return _hasher.HashPassword(null!, password);
            }
            finally
            {
                _turn.Release();
            }
        }
        finally
        {
            Interlocked.Decrement(ref _waiting);
        }
    }

    public void Dispose() => _turn.Dispose();
}
