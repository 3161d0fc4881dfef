using System.Globalization;
using BillionHearts.Tests.Distributed;
using Npgsql;

namespace BillionHearts.Tests.Gallery;

/// <summary>The operators' pages, as forms.</summary>
public sealed class OperationsTests(AppHostFixture app)
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_operators_pages_do_not_exist_for_others()
    {
        using var client = await app.ClientAsync(Cancel);
        await client.CreateUserAsync(Cancel);
        using var plain = await PlainBrowser.SignInAsync(app, client.Username!, Cancel);

        foreach (var path in new[] { "/operations", "/operations/dead-letters", "/operations/reruns", "/operations/ledger?image=1" })
        {
            var (status, _, page) = await plain.LoadAsync(path, Cancel);
            Assert.Equal(404, status);
            Assert.Contains("There is nothing here", page, StringComparison.Ordinal);
            Assert.DoesNotContain("href=\"/operations", page, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task An_operator_repeats_the_analysis_of_a_photo_and_is_told_what_all_would_take()
    {
        using var client = await app.ClientAsync(Cancel);
        var user = await client.CreateUserAsync(Cancel);
        await MakeOperatorAsync(user);
        using var plain = await PlainBrowser.SignInAsync(app, client.Username!, Cancel);
        var image = (await client.UploadAsync(user, TestImages.Jpeg(64, 48), "x.jpg", Cancel)).GetProperty("id").GetInt64();
        await client.AnalyzedAsync(image, Cancel);

        foreach (var path in new[] { "/operations", "/operations/dead-letters", "/operations/quarantine", "/operations/comparisons" })
        {
            var (status, _, page) = await plain.LoadAsync(path, Cancel);
            Assert.Equal(200, status);
            Assert.Contains("href=\"/operations\"", page, StringComparison.Ordinal);
        }

        var again = await plain.SubmitAsync($"/operations/ledger?image={image}", "analyze-again", Cancel);
        Assert.Contains("The analysis is queued.", again.Page, StringComparison.Ordinal);
        Assert.Contains("version 1, attempt 1", again.Page, StringComparison.Ordinal);

        var of = ("Input.UserId", user.ToString(CultureInfo.InvariantCulture));
        var nothing = await plain.SubmitAsync("/operations/reruns", "forecast-rerun", Cancel, ("Input.Scope", "failed"), of);
        Assert.Contains("No photo matches", nothing.Page, StringComparison.Ordinal);
        var forecast = await plain.SubmitAsync("/operations/reruns", "forecast-rerun", Cancel, ("Input.Scope", "all"), of);
        Assert.Contains("1 photo", forecast.Page, StringComparison.Ordinal);
        var refused = await plain.SubmitAsync("/operations/reruns", "forecast-rerun", Cancel, ("Input.Scope", "older_than"), ("Input.Analyzer", "x"));
        Assert.Contains("must be the name and version of an analyser", refused.Page, StringComparison.Ordinal);
        Assert.Equal(404, (await plain.LoadAsync("/operations/dead-letters/9007199254740991", Cancel)).Status);
    }

    private async Task MakeOperatorAsync(long user)
    {
        await using var database = NpgsqlDataSource.Create((await (await app.AppAsync(Cancel)).GetConnectionStringAsync("imagesdb", Cancel))!);
        await using var command = database.CreateCommand("UPDATE users SET operator_since = now() WHERE id = $1");
        command.Parameters.AddWithValue(user);
        await command.ExecuteNonQueryAsync(Cancel);
    }
}
