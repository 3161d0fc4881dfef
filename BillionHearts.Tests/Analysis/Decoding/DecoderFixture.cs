using BillionHearts.Analysis;
using BillionHearts.Analysis.Decoding;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace BillionHearts.Tests.Analysis.Decoding;

/// <summary>One decoder process for the tests of a class, as the worker starts it.</summary>
public sealed class DecoderFixture : IAsyncLifetime
{
    private readonly DecoderLauncher _launcher = new();

    internal DecoderLauncher Launcher => _launcher;

    internal Decoders Decoders { get; private set; } = null!;

    public async ValueTask InitializeAsync() => Decoders = await StartAsync(new AnalysisOptions(), TestContext.Current.CancellationToken);

    /// <summary>Starts further ones with other limits. The caller disposes them.</summary>
    internal async Task<Decoders> StartAsync(AnalysisOptions options, CancellationToken cancellationToken)
    {
        var decoders = new Decoders(_launcher, Options.Create(options with { Concurrency = 1 }), NullLogger<Decoders>.Instance);
        await decoders.StartAsync(cancellationToken);
        return decoders;
    }

    public ValueTask DisposeAsync()
    {
        Decoders.Dispose();
        _launcher.Dispose();
        return ValueTask.CompletedTask;
    }
}
