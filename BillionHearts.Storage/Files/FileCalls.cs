using System.Diagnostics;
using Microsoft.Extensions.Options;

namespace BillionHearts.Storage.Files;

/// <summary>
/// Calls to the file system, which block their thread and cannot be cancelled. A disk that hangs blocks a limited number of
/// threads, and callers wait no longer than for any other store.
/// </summary>
internal sealed class FileCalls(IOptions<BlobStoreOptions> options, IOptions<FileBlobStoreOptions> files) : IDisposable
{
    public const string ActivitySourceName = "BillionHearts.Storage.Files";

    private static readonly ActivitySource s_source = new(ActivitySourceName);

    private readonly SemaphoreSlim _slots = new(files.Value.Parallelism);
    private readonly TimeSpan _timeout = options.Value.Timeout;

    public Task RunAsync(string name, Action call, CancellationToken cancellationToken) => RunAsync(
        name,
        _ =>
        {
            call();
            return true;
        },
        cancellationToken);

    /// <summary>
    /// Runs the call on a separate thread. After the time limit the caller continues, although the call cannot be stopped: its
    /// token tells it that nobody waits any more and that its buffers may have changed. The caller's own token is checked only
    /// before the call starts, so that a call that has started is finished when this returns.
    /// </summary>
    public async Task<T> RunAsync<T>(string name, Func<CancellationToken, T> call, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        using var abandoned = new CancellationTokenSource();
        using var activity = s_source.StartActivity($"blob {name}");

        try
        {
            if (!await _slots.WaitAsync(_timeout, cancellationToken))
            {
                throw TooSlow();
            }

            var token = abandoned.Token;
            return await Task.Run(() => Occupy(call, token), CancellationToken.None).WaitAsync(_timeout, CancellationToken.None);
        }
        catch (TimeoutException)
        {
            await abandoned.CancelAsync();
            activity?.SetStatus(ActivityStatusCode.Error);
            throw TooSlow();
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            activity?.SetStatus(ActivityStatusCode.Error);
            throw FileFaults.Unavailable(exception);
        }
    }

    public void Dispose() => _slots.Dispose();

    private T Occupy<T>(Func<CancellationToken, T> call, CancellationToken abandoned)
    {
        try
        {
            return call(abandoned);
        }
        finally
        {
            _slots.Release();
        }
    }

    private BlobStoreUnavailableException TooSlow() => new($"The blob store's disk did not do its part within {_timeout.TotalSeconds} s.");
}
