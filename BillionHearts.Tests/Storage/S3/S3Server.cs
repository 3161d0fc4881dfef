using Amazon.S3;
using BillionHearts.Storage;
using BillionHearts.Storage.S3;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace BillionHearts.Tests.Storage;

/// <summary>
/// s3rver on a folder of its own, as it comes or taught the conditions of S3 (see <c>s3rver.cjs</c>). With <c>S3_ENDPOINT</c>, <c>S3_ACCESS</c> and
/// <c>S3_SECRET</c> in the environment it is the server there, for every test that needs the conditions.
/// </summary>
public sealed class S3Server : IAsyncDisposable
{
    /// <summary>The one pair of keys that s3rver knows.</summary>
    private const string Key = "S3RVER";

    private static readonly string? s_given = Environment.GetEnvironmentVariable("S3_ENDPOINT");
    private static readonly string s_access = Environment.GetEnvironmentVariable("S3_ACCESS") ?? Key;
    private static readonly string s_secret = Environment.GetEnvironmentVariable("S3_SECRET") ?? Key;

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("s3rver-");
    private readonly SemaphoreSlim _gate = new(1, 1);
    private NodeServer? _server;

    /// <summary>For s3rver: parts are as small as the blocks of the other stores under test.</summary>
    internal static S3BlobStoreOptions S3rverOptions(Uri address, bool conditional) => new()
    {
        ServiceUrl = address.AbsoluteUri,
        PathStyle = true,
        AccessKey = Key,
        SecretKey = Key,
        PartSize = 64 * 1024,
        ConditionalPuts = conditional,
    };

    /// <summary>For the server of <see cref="AddressAsync"/>, or for a proxy before it. Real servers refuse parts below 5 MB.</summary>
    internal static S3BlobStoreOptions Options(Uri address) => s_given is null
        ? S3rverOptions(address, conditional: true)
        : S3rverOptions(address, conditional: true) with { AccessKey = s_access, SecretKey = s_secret, PartSize = 5 * 1024 * 1024 };

    internal static S3BlobStore Open(BlobStoreOptions options, S3BlobStoreOptions s3) => new(
        S3Connection.Open(options, s3),
        new S3Calls(Microsoft.Extensions.Options.Options.Create(options), TimeProvider.System),
        Microsoft.Extensions.Options.Options.Create(options),
        Microsoft.Extensions.Options.Options.Create(s3),
        NullLogger<S3BlobStore>.Instance);

    /// <summary>Where the server is. The first test that asks starts it.</summary>
    /// <param name="conditional">False for s3rver as it comes.</param>
    public async Task<Uri> AddressAsync(bool conditional, CancellationToken cancellationToken)
    {
        if (conditional && s_given is not null)
        {
            return new Uri(s_given);
        }

        await _gate.WaitAsync(cancellationToken);
        try
        {
            string[] mode = conditional ? ["conditional"] : [];
            _server ??= await NodeServer.StartAsync(
                [Path.Join(AppContext.BaseDirectory, "Storage", "S3", "s3rver.cjs"), _folder.FullName, .. mode], cancellationToken);
            return new Uri($"http://127.0.0.1:{_server.Port}/");
        }
        finally
        {
            _gate.Release();
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_server is not null)
        {
            await _server.DisposeAsync();
        }

        _gate.Dispose();
        _folder.Delete(recursive: true);
    }
}
