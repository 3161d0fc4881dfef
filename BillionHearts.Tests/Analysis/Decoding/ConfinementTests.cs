using System.Diagnostics;
using BillionHearts.Analysis.Decoding;

namespace BillionHearts.Tests.Analysis.Decoding;

/// <summary>What a decoder process may not do, whatever a hostile file makes it try. Landlock and seccomp are there in each kernel that CI uses.</summary>
public sealed class ConfinementTests(DecoderFixture fixture) : IClassFixture<DecoderFixture>
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_started_program_can_run_and_read_the_libraries()
    {
        Assert.True(await fixture.Launcher.IsConfinedAsync());
        Assert.Equal("it runs", await RunAsync("echo it runs"));
    }

    [Theory]
    [InlineData("echo x > /tmp/billionhearts-confinement")]
    [InlineData("mkdir /tmp/billionhearts-confinement")]
    [InlineData("cat /etc/hostname")]
    [InlineData("ls /root")]
    [InlineData("ls /tmp")]
    [InlineData("cat /proc/$PPID/environ")]
    [InlineData("kill -0 $PPID")]
    public async Task A_started_program_cannot_write_and_sees_no_other_file_or_process(string command)
    {
        Assert.Equal("refused", await RunAsync($"{command} 2>/dev/null || echo refused"));
    }

    [Fact]
    public async Task A_started_program_cannot_connect_to_a_server()
    {
        using var server = new System.Net.Sockets.TcpListener(System.Net.IPAddress.Loopback, 0);
        server.Start();
        var port = ((System.Net.IPEndPoint)server.LocalEndpoint).Port;

        Assert.Equal("refused", await RunAsync($"exec 3<>/dev/tcp/127.0.0.1/{port} || echo refused"));
    }

    [Fact]
    public void A_decoder_has_a_filter_of_system_calls_and_gets_no_new_rights()
    {
        var process = fixture.Decoders.IdleProcesses[0];

        Assert.Equal("2", ChildProcesses.Status(process, "Seccomp"));
        Assert.Equal("1", ChildProcesses.Status(process, "NoNewPrivs"));
    }

    [Fact]
    public void A_decoder_has_nothing_of_the_workers_environment()
    {
        Assert.All(DecoderProcess.Command().Environment.Keys, name => Assert.StartsWith("DOTNET_", name, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("environ")]
    [InlineData("maps")]
    public async Task A_decoder_is_closed_to_its_siblings(string file)
    {
        var process = fixture.Decoders.IdleProcesses[0];

        Assert.Equal("refused", await RunAsync($"head -c 1 /proc/{process}/{file} 2>/dev/null || echo refused"));
    }

    [Fact]
    public void A_decoder_has_no_special_rights_even_as_root()
    {
        Assert.Equal("0000000000000000", ChildProcesses.Status(fixture.Decoders.IdleProcesses[0], "CapEff"));
        Assert.Equal("0000000000000000", ChildProcesses.Status(fixture.Decoders.IdleProcesses[0], "CapPrm"));
    }

    [Fact]
    public async Task The_filter_refuses_sockets_programs_and_writing_in_every_thread()
    {
        var probe = new ProcessStartInfo(Environment.ProcessPath!, [FilterProbe.Command]) { RedirectStandardOutput = true, RedirectStandardError = true };
        using var process = Process.Start(probe)!;
        var output = await process.StandardOutput.ReadToEndAsync(Cancel);
        await process.WaitForExitAsync(Cancel);

        Assert.Equal(FilterProbe.AllRefused, output.ReplaceLineEndings("\n"));
    }

    [Fact]
    public async Task Decoders_end_with_their_launcher()
    {
        var launcher = new DecoderLauncher();
        using var decoder = await DecoderProcess.StartAsync(launcher, new BillionHearts.Analysis.AnalysisOptions(), DecoderLane.Normal, Cancel);

        launcher.Dispose();

        await ChildProcesses.EndsAsync(decoder.ProcessId, Cancel);
    }

    private async Task<string> RunAsync(string command)
    {
        var shell = new ProcessStartInfo("/bin/bash", ["-c", command]) { RedirectStandardOutput = true, RedirectStandardError = true };
        using var process = await fixture.Launcher.StartAsync(shell);
        var output = await process.StandardOutput.ReadToEndAsync(Cancel);
        await process.WaitForExitAsync(Cancel);

        return output.Trim();
    }
}
