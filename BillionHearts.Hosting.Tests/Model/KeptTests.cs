using BillionHearts.Hosting.Data;
using BillionHearts.Hosting.Launching;
using BillionHearts.Hosting.Logs;

namespace BillionHearts.Hosting.Tests.Model;

/// <summary>What is kept on disk and in memory.</summary>
public sealed class KeptTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("kept-").FullName;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public void A_generated_password_survives_a_restart_and_is_nobody_elses_to_read()
    {
        string first;
        using (var data = Lasting())
        {
            first = data.Secrets.GetOrCreate("postgres-password");
            Assert.NotEqual(first, data.Secrets.GetOrCreate("messaging-password"));
        }

        using var again = Lasting();
        Assert.Equal(first, again.Secrets.GetOrCreate("postgres-password"));
        Assert.Equal(22, first.Length);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Path.Combine(again.Root, "secrets.json")));
    }

    [Fact]
    public void Damaged_passwords_are_not_replaced_by_new_ones()
    {
        Directory.CreateDirectory(Path.Combine(_folder, "data"));
        File.WriteAllText(Path.Combine(_folder, "data", "secrets.json"), "{");
        using var data = Lasting();

        var refused = Assert.Throws<DistributedApplicationException>(() => data.Secrets.GetOrCreate("postgres-password"));
        Assert.Contains("secrets.json", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void One_run_at_a_time_owns_the_data_and_the_other_is_told_who()
    {
        using var first = Lasting();
        first.Open();
        using var second = Lasting();

        var refused = Assert.Throws<DistributedApplicationException>(second.Open);
        Assert.Contains($"(process {Environment.ProcessId})", refused.Message, StringComparison.Ordinal);
        Assert.Contains("BILLIONHEARTS_DATA", refused.Message, StringComparison.Ordinal);

        first.Dispose();
        second.Open();
    }

    [Fact]
    public void A_tests_data_is_short_of_path_private_and_gone_afterwards()
    {
        var (first, second) = (DataFolder.Temporary(), DataFolder.Temporary());
        var folder = first.Folder("postgres");
        second.Open();

        Assert.NotEqual(first.Root, second.Root);
        Assert.InRange(folder.Length, 1, 40);
        first.Dispose();
        second.Dispose();
        Assert.False(Directory.Exists(first.Root));
    }

    [Fact]
    public async Task A_log_keeps_its_last_lines_and_hands_on_each_new_one()
    {
        var log = new ResourceLog(TimeProvider.System, Path.Combine(_folder, "it.log"));
        Enumerable.Range(1, 2500).ToList().ForEach(number => log.Append($"line {number}", isError: false));
        Assert.Equal((2000, "line 501", 501), (log.Read().Count, log.Read()[0].Text, log.Read()[0].Number));

        var heard = new List<string>();
        await foreach (var line in log.FollowAsync(after: 2499, Cancel))
        {
            heard.Add(line.Text);
            if (heard.Count is 1)
            {
                log.Append("news", isError: true);
            }
            else
            {
                log.Dispose();
            }
        }

        Assert.Equal(["line 2500", "news"], heard);
        Assert.Equal(2501, File.ReadLines(Path.Combine(_folder, "it.log")).Count());
    }

    [Fact]
    public void A_log_file_does_not_grow_for_ever()
    {
        var path = Path.Combine(_folder, "it.log");
        var line = new string('x', 1_000_000);
        using var log = new ResourceLog(TimeProvider.System, path);

        for (var i = 0; i < 25; i++)
        {
            log.Append(line, isError: false);
        }

        Assert.InRange(new FileInfo(path).Length, 1, 12_000_000);
        Assert.InRange(new FileInfo(path + ".1").Length, 1, 12_000_000);
    }

    [Fact]
    public void A_launch_profile_is_the_first_that_starts_the_project_itself()
    {
        Settings("""
            { // as Visual Studio writes it
              "profiles": {
                "IIS": { "commandName": "IISExpress", "applicationUrl": "http://localhost:1" },
                "http": { "commandName": "Project", "applicationUrl": "http://localhost:5101;https://localhost:5102", "environmentVariables": { "A": "1" } },
              }
            }
            """);

        var profile = LaunchProfile.First(Path.Combine(_folder, "it.csproj"))!;
        Assert.Equal("http", profile.Name);
        Assert.Equal([("http", 5101), ("https", 5102)], profile.ApplicationUrls.Select(url => (url.Scheme, url.Port)));
        Assert.Equal("1", profile.EnvironmentVariables["A"]);
        Assert.Throws<DistributedApplicationException>(() => LaunchProfile.Named(Path.Combine(_folder, "it.csproj"), "grpc"));
    }

    [Fact]
    public void A_broken_launch_profile_is_named()
    {
        Settings("{");

        var refused = Assert.Throws<DistributedApplicationException>(() => LaunchProfile.First(Path.Combine(_folder, "it.csproj")));
        Assert.Contains("launchSettings.json", refused.Message, StringComparison.Ordinal);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private DataFolder Lasting() => new(Path.Combine(_folder, "data"), isTemporary: false);

    private void Settings(string json)
    {
        Directory.CreateDirectory(Path.Combine(_folder, "Properties"));
        File.WriteAllText(Path.Combine(_folder, "Properties", "launchSettings.json"), json);
    }
}
