using BillionHearts.Hosting.ApplicationModel;
using BillionHearts.Hosting.Testing;
using BillionHearts.Hosting.Tests.Processes;
using Microsoft.Extensions.DependencyInjection;

namespace BillionHearts.Hosting.Tests.Running;

public sealed class ResourceLoggerTests : IAsyncDisposable
{
    private readonly ScriptApplication _scripts = new();

    [Fact]
    public async Task What_all_replicas_wrote_is_read_by_the_resources_name_and_that_of_one_by_its_own()
    {
        _scripts.Add("it", "echo said; echo complained >&2; exec sleep 600").WithReplicas(2);
        await _scripts.StartAsync();
        await Until.TrueAsync(() => _scripts.LogOf("it-1").Length + _scripts.LogOf("it-2").Length is 4, TimeSpan.FromSeconds(20));

        Assert.Equal(["complained", "complained", "said", "said"], await ReadAsync("it"));
        Assert.Equal(["complained", "said"], await ReadAsync("it-2"));
    }

    [Fact]
    public async Task A_resource_that_is_not_there_is_named()
    {
        _scripts.Add("it", "exec sleep 600");
        await _scripts.StartAsync();

        var refused = await Assert.ThrowsAsync<ArgumentException>(() => ReadAsync("its"));
        Assert.Contains("There is no resource 'its'.", refused.Message, StringComparison.Ordinal);
    }

    public ValueTask DisposeAsync() => _scripts.DisposeAsync();

    private async Task<IEnumerable<string>> ReadAsync(string name)
    {
        var lines = new List<LogLine>();

        await foreach (var some in _scripts.App.Services.GetRequiredService<ResourceLoggerService>().GetAllAsync(name))
        {
            lines.AddRange(some);
        }

        Assert.All(lines, line => Assert.Equal(line.Content is "complained", line.IsErrorMessage));
        return lines.Select(line => line.Content).Order();
    }
}
