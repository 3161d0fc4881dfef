using System.Text;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.Options;

namespace BillionHearts.Api.Accounts.Users;

/// <summary>Hashes passwords, one at a time: a hash takes a quarter of a second of one processor, which uploads need too.</summary>
internal sealed class Passwords : IDisposable
{
    public const int MaxLength = 128;

    /// <summary>PBKDF2-SHA512, as OWASP recommends.</summary>
    private const int Iterations = 220_000;

    private const int MaxWaiting = 8;

    private readonly PasswordHasher<User> _hasher = new(Options.Create(new PasswordHasherOptions { IterationCount = Iterations }));
    private readonly SemaphoreSlim _turn = new(1);
    private readonly Lazy<string> _nobodys;
    private int _waiting;

    public Passwords() => _nobodys = new Lazy<string>(() => _hasher.HashPassword(null!, Guid.NewGuid().ToString()));

    /// <returns><see langword="null"/> when too many wait for their turn already.</returns>
    public async Task<string?> TryHashAsync(string password, CancellationToken cancellationToken) =>
        (await InTurnAsync(() => _hasher.HashPassword(null!, Normal(password)), cancellationToken)).Value;

    /// <param name="hash">What is kept of the user's password. Without one the same work is done, so that nobody can tell by the time who has one.</param>
    /// <returns><see cref="PasswordCheck.Busy"/> when too many wait for their turn already.</returns>
    public async Task<PasswordCheck> CheckAsync(string? hash, string password, CancellationToken cancellationToken)
    {
        var (hasRun, result) = await InTurnAsync(() => _hasher.VerifyHashedPassword(null!, hash ?? _nobodys.Value, Normal(password)), cancellationToken);

        return !hasRun ? PasswordCheck.Busy
            : hash is null || result is PasswordVerificationResult.Failed ? PasswordCheck.Wrong
            : result is PasswordVerificationResult.SuccessRehashNeeded ? PasswordCheck.RightButWeak
            : PasswordCheck.Right;
    }

    public void Dispose() => _turn.Dispose();

    /// <summary>One form for what looks alike, as keyboards differ in whether é is one character or two (RFC 8265, 4.2: OpaqueString).</summary>
    private static string Normal(string password)
    {
        try
        {
            return password.Normalize(NormalizationForm.FormC);
        }
        catch (ArgumentException)
        {
            // .NET takes U+FFFE, which is no character, for a fault of the text. It has one form.
            return password;
        }
    }

    private async Task<(bool HasRun, T? Value)> InTurnAsync<T>(Func<T> work, CancellationToken cancellationToken)
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

    /// <summary>Right, and hashed with less work than is asked for today.</summary>
    RightButWeak,

    Wrong,

    Busy,
}
