using Microsoft.Extensions.Options;

namespace BillionHearts.Notifications.Webhooks.Sending;

/// <summary>
/// The attempts that run in this process, and how many more may begin. When the process stops they are cancelled, and their deliveries given back.
/// </summary>
internal sealed class DeliverySlots(DispatchSignal signal, IOptions<WebhooksOptions> options) : IHostedService, IDisposable
{
    private readonly Lock _lock = new();
    private readonly Dictionary<long, int> _byWebhook = [];
    private readonly HashSet<Task> _runs = [];
    private readonly CancellationTokenSource _stopping = new();

    public int Running
    {
        get
        {
            lock (_lock)
            {
                return _runs.Count;
            }
        }
    }

    /// <summary>What is free, and what each webhook may use of it.</summary>
    public FreeSlots Look()
    {
        lock (_lock)
        {
            var free = options.Value.MaxConcurrent - _runs.Count;

            return new FreeSlots(free, Share(free, options.Value.MaxConcurrentPerWebhook), [.. _byWebhook.Keys], [.. _byWebhook.Values]);
        }
    }

    /// <summary>
    /// How many attempts of one webhook may run: an eighth of what is free, so that slow receivers never use up everything, however many there are. Source:
    /// dynamic thresholds of shared buffers (Choudhury and Hahne, 1998).
    /// </summary>
    public static int Share(int free, int most) => Math.Clamp(free / 8, 1, most);

    /// <param name="run">Does not throw.</param>
    public void Start(long webhookId, Func<CancellationToken, Task> run)
    {
        lock (_lock)
        {
            _byWebhook[webhookId] = _byWebhook.GetValueOrDefault(webhookId) + 1;
            var task = Task.Run(() => run(_stopping.Token));
            _runs.Add(task);
            _ = task.ContinueWith(ended => End(webhookId, ended), CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
        }
    }

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        await _stopping.CancelAsync();
        Task[] runs;

        lock (_lock)
        {
            runs = [.. _runs];
        }

        await Task.WhenAll(runs).WaitAsync(cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    public void Dispose() => _stopping.Dispose();

    private void End(long webhookId, Task ended)
    {
        lock (_lock)
        {
            _runs.Remove(ended);

            if (--_byWebhook[webhookId] is 0)
            {
                _byWebhook.Remove(webhookId);
            }
        }

        signal.Set();
    }
}

/// <param name="Count">Attempts that may begin.</param>
/// <param name="PerWebhook">Attempts of one webhook that may run.</param>
/// <param name="Webhooks">Those with running attempts.</param>
/// <param name="Used">How many run, in the order of <paramref name="Webhooks"/>.</param>
internal sealed record FreeSlots(int Count, int PerWebhook, long[] Webhooks, int[] Used);
