using BillionHearts.Hosting.Data;

namespace BillionHearts.Hosting.Tests.Data;

public sealed class DataFolderTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("kept-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void A_generated_password_survives_a_restart_and_only_its_owner_can_read_it()
    {
        string first;
        using (var data = Open())
        {
            first = data.Secrets.GetOrCreate("postgres-password");
            Assert.NotEqual(first, data.Secrets.GetOrCreate("messaging-password"));
        }

        using var again = Open();
        Assert.Equal(first, again.Secrets.GetOrCreate("postgres-password"));
        Assert.Equal(22, first.Length);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(again.Secrets.FilePath));
    }

    [Fact]
    public void Damaged_passwords_are_not_replaced_by_new_ones()
    {
        using var data = Open();
        File.WriteAllText(data.Secrets.FilePath, "{");

        var refused = Assert.Throws<DistributedApplicationException>(() => data.Secrets.GetOrCreate("postgres-password"));

        Assert.Contains($"'{data.Root}/secrets.json' has the passwords of the data beside it, but cannot be read", refused.Message, StringComparison.Ordinal);
        Assert.Equal("{", File.ReadAllText(data.Secrets.FilePath));
    }

    [Fact]
    public void One_run_at_a_time_owns_the_data_and_the_other_names_its_owner()
    {
        using var first = Open();
        using var second = Lasting();

        var refused = Assert.Throws<DistributedApplicationException>(second.Open);
        Assert.Equal(
            $"The data folder '{first.Root}' is in use by another run (process {Environment.ProcessId}). "
            + "Stop that run, or choose another folder with BILLIONHEARTS_DATA=/path/to/folder.",
            refused.Message);

        first.Dispose();
        second.Open();
    }

    [Fact]
    public async Task A_temporary_folder_is_short_of_path_and_gone_afterwards()
    {
        var first = new DataFolder(TemporaryFolders.NewPath(), isTemporary: true);
        await using var second = new DataFolder(TemporaryFolders.NewPath(), isTemporary: true);
        first.Open();
        second.Open();
        var folder = first.Folder("postgres");

        Assert.NotEqual(first.Root, second.Root);
        Assert.InRange(folder.Length, 1, 40);

        await first.DisposeAsync();
        Assert.False(Directory.Exists(first.Root));
        Assert.True(Directory.Exists(second.Root));
    }

    [Fact]
    public async Task A_persistent_data_folder_stays()
    {
        var data = Open();
        File.WriteAllText(Path.Combine(data.Folder("postgres"), "row"), "1");

        await data.DisposeAsync();

        Assert.True(File.Exists(Path.Combine(data.Root, "postgres/row")));
    }

    private DataFolder Lasting() => new(Path.Combine(_folder, "data"), isTemporary: false);

    private DataFolder Open()
    {
        var data = Lasting();
        data.Open();
        return data;
    }
}
