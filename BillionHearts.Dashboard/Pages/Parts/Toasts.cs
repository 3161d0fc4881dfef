namespace BillionHearts.Dashboard.Pages.Parts;

/// <summary>Short messages over the page, for one browser tab.</summary>
internal sealed class Toasts(TimeProvider clock)
{
    private static readonly TimeSpan s_shown = TimeSpan.FromSeconds(6);

    private const int MostShown = 5;

    private readonly List<Toast> _toasts = [];

    public event Action? Changed;

    public IReadOnlyList<Toast> All => _toasts;

    public void Show(string text, bool isError = false)
    {
        var toast = new Toast(text, isError);
        _toasts.Add(toast);

        if (_toasts.Count > MostShown)
        {
            _toasts.RemoveAt(0);
        }

        Changed?.Invoke();

        // A failure stays until it is read.
        if (!isError)
        {
            _ = DismissLaterAsync(toast);
        }
    }

    public void Dismiss(Toast toast)
    {
        _toasts.Remove(toast);
        Changed?.Invoke();
    }

    private async Task DismissLaterAsync(Toast toast)
    {
        await Task.Delay(s_shown, clock);
        Dismiss(toast);
    }
}

internal sealed class Toast(string text, bool isError)
{
    public string Text { get; } = text;

    public bool IsError { get; } = isError;
}
