using System.Text;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.Options;

namespace BillionHearts.Api.Accounts.Users;

/// <summary>Hashes passwords one at a time: a hash takes a quarter of a second of one processor, and uploads need processors too.</summary>
internal sealed class Passwords : IDisposable
{
    public const int MaxLength = 128;

    /// <summary>PBKDF2-SHA512, as OWASP recommends.</summary>
    private const int Iterations = 220_000;

    private const int MaxWaiting = 8;

    private readonly PasswordHasher<User> _hasher = new(Options.Create(new PasswordHasherOptions { IterationCount = Iterations }));
    private readonly SemaphoreSlim _turn = new(1);
    private readonly Lazy<string> _dummyHash;
    private int _waiting;

    public Passwords() => _dummyHash = new Lazy<string>(() => _hasher.HashPassword(null!, Guid.NewGuid().ToString()));

    /// <returns><see langword="null"/> when too many are already waiting.</returns>
    public async Task<string?> TryHashAsync(string password, CancellationToken cancellationToken) =>
        (await RunExclusivelyAsync(() => _hasher.HashPassword(null!, Normal(password)), cancellationToken)).Value;

    /// <param name="hash">The stored hash of the user's password. Without one the same work is done, so that the time does not show whether there is one.</param>
    /// <returns><see cref="PasswordCheck.Busy"/> when too many are already waiting.</returns>
    public async Task<PasswordCheck> CheckAsync(string? hash, string password, CancellationToken cancellationToken)
    {
        var (hasRun, result) = await RunExclusivelyAsync(() => _hasher.VerifyHashedPassword(null!, hash ?? _dummyHash.Value, Normal(password)), cancellationToken);

        return !hasRun ? PasswordCheck.Busy
            : hash is null || result is PasswordVerificationResult.Failed ? PasswordCheck.Wrong
            : result is PasswordVerificationResult.SuccessRehashNeeded ? PasswordCheck.RightButWeak
            : PasswordCheck.Right;
    }

    public void Dispose() => _turn.Dispose();

    /// <summary>One form for equivalent text: keyboards differ in whether é is one character or two (RFC 8265, 4.2: OpaqueString).</summary>
    private static string Normal(string password)
    {
        try
        {
            return password.Normalize(NormalizationForm.FormC);
        }
        catch (ArgumentException)
        {
            // .NET refuses U+FFFE, which is not a character and has one form.
            return password;
        }
    }

    private async Task<(bool HasRun, T? Value)> RunExclusivelyAsync<T>(Func<T> work, CancellationToken cancellationToken)
    {
        if (Interlocked.Increment(ref _waiting) > MaxWaiting)
        {
            Interlocked.Decrement(ref _waiting);
            return (false, default);
        }

        try
        {
            await _turn.WaitAsync(cancellationToken);

            try
            {
                return (true, work());
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
}

internal enum PasswordCheck
{
    Right,

    /// <summary>Right, but hashed with fewer iterations than are required now.</summary>
    RightButWeak,

    Wrong,

    Busy,
}
