using Microsoft.AspNetCore.Components;

namespace BillionHearts.Dashboard.Pages.Parts;

/// <summary>
/// Calls back when a version has changed, twice a second at most: telemetry comes in thousands a second, and an eye reads neither
/// faster nor slower for it.
/// </summary>
public sealed class Live : ComponentBase, IDisposable
{
    private static readonly TimeSpan s_interval = TimeSpan.FromMilliseconds(500);

    private readonly CancellationTokenSource _stop = new();
    // So that it calls once in any case: what came between the page's first look and the first tick is in neither version.
    private long? _seen;

    [Parameter, EditorRequired]
    public required Func<long> Version { get; set; }

    [Parameter]
    public EventCallback OnChanged { get; set; }

    [Parameter]
    public bool Paused { get; set; }

    [Inject]
    private TimeProvider Clock { get; set; } = default!;

    public void Dispose()
    {
        _stop.Cancel();
        _stop.Dispose();
    }

    protected override void OnAfterRender(bool firstRender)
    {
        // Not while a page is rendered on its way out as HTML: that one is never looked at again.
        if (firstRender)
        {
            _ = WatchAsync(_stop.Token);
        }
    }

    private async Task WatchAsync(CancellationToken cancellationToken)
    {
        using var timer = new PeriodicTimer(s_interval, Clock);

        try
        {
            while (await timer.WaitForNextTickAsync(cancellationToken))
            {
                var version = Version();

                if (version != _seen && !Paused)
                {
                    _seen = version;
                    await InvokeAsync(OnChanged.InvokeAsync);
                }
            }
        }
        catch (OperationCanceledException)
        {
            // The page was left.
        }
        catch (Exception exception)
        {
            // Nobody awaits this; without it a page that fails would only stop moving.
            await DispatchExceptionAsync(exception);
        }
    }
}
