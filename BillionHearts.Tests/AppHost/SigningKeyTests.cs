using BillionHearts.Api.Accounts.Access;

namespace BillionHearts.Tests.AppHost;

/// <summary>Which key signs tokens when the AppHost runs everything on this machine. Nothing is started.</summary>
public sealed class SigningKeyTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Where_tokens_are_required_each_data_folder_has_a_signing_key_of_its_own()
    {
        var keys = new[] { await KeyAsync("--Parameters:require-tokens=true"), await KeyAsync("--Parameters:require-tokens=true") };

        string[] ids = [.. keys.Append(TokenKey.Development).Select(key => TokenKey.Parse(key!, mustSign: true).KeyId)];
        Assert.Equal(ids.Length, ids.Distinct().Count());
    }

    [Fact]
    public async Task The_generated_signing_key_is_kept_with_the_data()
    {
        var folder = Path.Combine(Path.GetTempPath(), $"signing-key-{Guid.NewGuid():n}");
        string[] args = ["--Parameters:require-tokens=true", $"--BILLIONHEARTS_DATA={folder}"];

        try
        {
            var key = await KeyAsync(args);

            Assert.False(string.IsNullOrEmpty(key));
            Assert.Contains(key.Replace("+", "\\u002B", StringComparison.Ordinal), await File.ReadAllTextAsync(Path.Combine(folder, "secrets.json"), Cancel), StringComparison.Ordinal);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public async Task A_configured_signing_key_is_used()
    {
        Assert.Equal("mine", await KeyAsync("--Parameters:require-tokens=true", "--Parameters:token-signing-key=mine"));
        Assert.Equal("mine", await KeyAsync("--Parameters:require-tokens=true", "--Parameters:token_signing_key=mine"));
    }

    [Fact]
    public async Task Where_tokens_are_optional_the_api_signs_with_its_development_key()
    {
        Assert.Equal("", await KeyAsync());
    }

    private static async Task<string?> KeyAsync(params string[] args)
    {
        await using var builder = await DistributedApplicationTestingBuilder.CreateAsync<Projects.BillionHearts_AppHost>(["--ContainersAsProcesses=true", .. args], Cancel);

        return await builder.Resources.OfType<ParameterResource>().Single(parameter => parameter.Name is "token-signing-key").GetValueAsync(Cancel);
    }
}
