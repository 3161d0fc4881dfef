using System.Text;
using System.Text.Json;
using BillionHearts.Api.Pipeline.Results;
using BillionHearts.Api.Platform.Errors;
using BillionHearts.Contracts;
using static BillionHearts.Tests.Api.TestResults;

namespace BillionHearts.Tests.Api;

/// <summary>How results of analysis are stored: each counts once, in whatever order and however often they arrive.</summary>
public sealed class ResultTests(ApiFixture fixture) : IClassFixture<ApiFixture>
{
    private static readonly byte[] s_png = TestImages.Png(40, 30);

    private static readonly string[] s_facts =
    [
        "lens", "captured_at", "utc_offset_minutes", "exposure_seconds", "aperture", "iso", "focal_length_mm", "focal_length_35mm", "exposure_program",
        "exposure_bias_ev", "metering_mode", "flash_fired", "white_balance", "rating", "location",
    ];

    private static readonly string[] s_measures = ["parameters", "orientation", "color_profile", "palette", "tone", "sharpness", "dhash"];

    private static readonly PaletteColor s_blue = new("#336699", 0.5);

    private static readonly PhotoMetadata s_photo = new()
    {
        Camera = "Canon EOS R5",
        Lens = "RF50mm F1.2",
        CapturedAt = new DateTimeOffset(2026, 5, 1, 9, 0, 0, TimeSpan.FromHours(2)).AddTicks(1_234_567),
        ExposureSeconds = 0.004,
        Aperture = 2.8,
        Iso = 400,
        FocalLengthMm = 50,
    };

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private ApiHost Host => fixture.Host;

    [Fact]
    public async Task A_result_is_stored_and_announced_once_however_often_it_comes()
    {
        var image = await NewImageAsync();
        var result = Analyzed(image);

        var effects = await Task.WhenAll(Enumerable.Range(0, 5).Select(_ => StoreAsync(result)));

        Assert.Equal([ResultEffect.Analyzed, ResultEffect.Duplicate, ResultEffect.Duplicate, ResultEffect.Duplicate, ResultEffect.Duplicate], effects.Order());
        var shown = await Host.GetImageAsync(image.Id, Cancel);
        Assert.Equal("analyzed", shown.GetProperty("status").GetString());
        Assert.Equal("#336699", shown.GetProperty("analysis").GetProperty("dominant_color").GetString());
        Assert.Equal(320, shown.GetProperty("renditions").GetProperty("thumb").GetProperty("width").GetInt32());
        Assert.Equal(unchecked((long)0xfedcba9876543210), await Host.Database.ScalarAsync<long>($"SELECT phash FROM images WHERE id = {image.Id}", Cancel));
        Assert.Equal(1, await CountAsync($"SELECT count(*) FROM analysis_attempts WHERE image_id = {image.Id}"));
        Assert.Equal([ImagesExchange.Keys.Analyzed], await AnnouncedAsync(image));
    }

    [Fact]
    public async Task Camera_data_is_shown_with_the_analysis_and_removed_with_the_content()
    {
        var image = await NewImageAsync();
        var result = Analyzed(image);
        await StoreAsync(result with { Analysis = result.Analysis! with { Photo = s_photo } });

        var shown = (await Host.GetImageAsync(image.Id, Cancel)).GetProperty("analysis");
        Assert.Equal(
            ("Canon EOS R5", "RF50mm F1.2", 0.004, 2.8, 400, 50.0),
            (shown.GetProperty("camera").GetString(), shown.GetProperty("lens").GetString(), shown.GetProperty("exposure_seconds").GetDouble(),
                shown.GetProperty("aperture").GetDouble(), shown.GetProperty("iso").GetInt32(), shown.GetProperty("focal_length_mm").GetDouble()));
        Assert.Equal("2026-05-01T07:00:00.123456Z", shown.GetProperty("captured_at").GetString());
        Assert.Equal("2026-05-01 07:00:00.123456 Canon EOS R5", await NotedAsync(image.Id));

        using var content = new ByteArrayContent(TestImages.Png(41, 31));
        using var replaced = await Host.Http.PutAsync($"/images/{image.Id}/content", content, Cancel);
        Assert.True(replaced.IsSuccessStatusCode);
        Assert.Equal("- -", await NotedAsync(image.Id));
    }

    [Fact]
    public async Task Everything_that_analysis_measures_is_shown()
    {
        var image = await NewImageAsync();
        var result = Analyzed(image);
        await StoreAsync(result with { Analysis = WithMeasures(result.Analysis!) });

        var shown = (await Host.GetImageAsync(image.Id, Cancel)).GetProperty("analysis");
        Assert.Equal("""{"preview_side":1280,"preview_quality":75,"thumb_side":320,"thumb_quality":80}""", shown.GetProperty("parameters").GetRawText());
        Assert.Equal("""[{"color":"#336699","share":0.5},{"color":"#000000","share":0.25}]""", shown.GetProperty("palette").GetRawText());
        Assert.Equal("""{"mean_luma":0.4,"shadows":0.1,"highlights":0,"contrast":0.25}""", shown.GetProperty("tone").GetRawText());
        Assert.Equal(
            (6, "display_p3", 123.45, "0123456789abcdef"),
            (shown.GetProperty("orientation").GetInt32(), shown.GetProperty("color_profile").GetString(), shown.GetProperty("sharpness").GetDouble(),
                shown.GetProperty("dhash").GetString()));
        Assert.Equal(
            (53, "manual", -0.33, "spot", false, "auto", 5),
            (shown.GetProperty("focal_length_35mm").GetInt32(), shown.GetProperty("exposure_program").GetString(), shown.GetProperty("exposure_bias_ev").GetDouble(),
                shown.GetProperty("metering_mode").GetString(), shown.GetProperty("flash_fired").GetBoolean(), shown.GetProperty("white_balance").GetString(),
                shown.GetProperty("rating").GetInt32()));
    }

    [Fact]
    public async Task Measures_that_an_older_analyser_did_not_have_are_null()
    {
        var image = await NewImageAsync();
        await StoreAsync(Analyzed(image));

        var shown = (await Host.GetImageAsync(image.Id, Cancel)).GetProperty("analysis");
        Assert.All([.. s_facts, .. s_measures], name => Assert.Equal(JsonValueKind.Null, shown.GetProperty(name).ValueKind));
    }

    [Fact]
    public async Task Impossible_measures_are_left_out()
    {
        var image = await NewImageAsync();
        var result = Analyzed(image);
        var odd = result.Analysis! with
        {
            Parameters = new AnalysisParameters(0, 75, 320, 80),
            Orientation = 9,
            ColorProfile = "Ann's MacBook",
            Palette = [s_blue, new PaletteColor("#zzzzzz", 0.1)],
            Tone = new Tone(0.5, 1.5, 0, 0.2),
            Sharpness = double.NaN,
            Dhash = "0123",
        };
        await StoreAsync(result with { Analysis = odd });
        var other = await NewImageAsync();
        await StoreAsync(Analyzed(other) with
        {
            Analysis = odd with { Palette = [.. Enumerable.Repeat(s_blue, 7)], Tone = new Tone(0.5, 0, 0, double.NaN), Sharpness = -1, Dhash = "0123456789abcdeg" },
        });

        foreach (var id in new[] { image.Id, other.Id })
        {
            var shown = (await Host.GetImageAsync(id, Cancel)).GetProperty("analysis");
            Assert.All(s_measures, name => Assert.Equal(JsonValueKind.Null, shown.GetProperty(name).ValueKind));
        }
    }

    [Fact]
    public async Task Impossible_values_of_a_photo_are_left_out_and_the_others_kept()
    {
        var image = await NewImageAsync();
        var result = Analyzed(image);
        var odd = new PhotoMetadata
        {
            Camera = $"\u202Eevil\0{new string('x', 300)}",
            Lens = "\0\u0001",
            CapturedAt = TimeProvider.System.GetUtcNow().AddDays(2),
            ExposureSeconds = double.PositiveInfinity,
            Aperture = double.NaN,
            Iso = -1,
            FocalLengthMm = 0,
            UtcOffsetMinutes = 841,
            FocalLength35Mm = 65535,
            ExposureProgram = "<script>",
            ExposureBiasEv = double.NegativeInfinity,
            MeteringMode = "",
            WhiteBalance = "Auto",
            Rating = 0,
            Location = new PhotoLocation { Latitude = 91, Longitude = 0 },
        };
        await StoreAsync(result with { Analysis = result.Analysis! with { Photo = odd } });

        var shown = (await Host.GetImageAsync(image.Id, Cancel)).GetProperty("analysis");
        Assert.Equal($"evil{new string('x', 124)}", shown.GetProperty("camera").GetString());
        Assert.All(
            s_facts,
            name => Assert.Equal(JsonValueKind.Null, shown.GetProperty(name).ValueKind));
        Assert.Equal($"- evil{new string('x', 124)}", await NotedAsync(image.Id));
    }

    [Fact]
    public async Task A_duplicate_result_changes_nothing_even_after_the_inbox_was_emptied()
    {
        var image = await NewImageAsync();
        var result = Analyzed(image);
        await StoreAsync(result);
        await Host.Database.ExecuteAsync($"DELETE FROM inbox WHERE request_id = '{image.Request}'", Cancel);

        Assert.Equal(ResultEffect.Stale, await StoreAsync(result with { Analysis = result.Analysis! with { DominantColor = "#000000" } }));
        Assert.Equal("#336699", (await Host.GetImageAsync(image.Id, Cancel)).GetProperty("analysis").GetProperty("dominant_color").GetString());
        Assert.Single(await AnnouncedAsync(image));
    }

    [Fact]
    public async Task Only_the_answer_to_the_latest_request_counts()
    {
        var first = await NewImageAsync();
        using var put = await Host.Http.PutAsync(
            $"/images/{first.Id}", new StringContent("""{"original_filename":"other.png"}""", Encoding.UTF8, "application/json"), Cancel);
        var second = await PendingAsync(first.Id);

        Assert.NotEqual(first.Request, second.Request);
        Assert.Equal(ResultEffect.Analyzed, await StoreAsync(Analyzed(second)));
        Assert.Equal(ResultEffect.Stale, await StoreAsync(Failed(first, "late")));
        Assert.Equal("analyzed", (await Host.GetImageAsync(first.Id, Cancel)).GetProperty("status").GetString());
    }

    [Fact]
    public async Task A_result_for_another_version_or_image_changes_nothing()
    {
        var image = await NewImageAsync();
        var other = await NewImageAsync();

        Assert.Equal(ResultEffect.Stale, await StoreAsync(Analyzed(image) with { Version = 2 }));
        Assert.Equal(ResultEffect.Stale, await StoreAsync(Analyzed(image) with { RequestId = Guid.NewGuid(), ImageId = other.Id }));
        Assert.Equal(ResultEffect.ImageGone, await StoreAsync(Analyzed(image) with { RequestId = Guid.NewGuid(), ImageId = long.MaxValue }));
        Assert.Equal("pending", (await Host.GetImageAsync(other.Id, Cancel)).GetProperty("status").GetString());
    }

    [Fact]
    public async Task A_result_for_a_deleted_image_changes_nothing_and_announces_nothing()
    {
        var image = await NewImageAsync();
        using var deleted = await Host.Http.DeleteAsync($"/images/{image.Id}", Cancel);

        Assert.Equal(ResultEffect.ImageGone, await StoreAsync(Analyzed(image)));
        Assert.Equal([ImagesExchange.Keys.Deleted], await AnnouncedAsync(image));
    }

    [Fact]
    public async Task A_permanent_fault_marks_the_image_as_failed_with_a_reason()
    {
        var image = await NewImageAsync();

        Assert.Equal(ResultEffect.Failed, await StoreAsync(Failed(image, "truncated")));

        var shown = await Host.GetImageAsync(image.Id, Cancel);
        Assert.Equal("failed", shown.GetProperty("status").GetString());
        Assert.Equal("truncated", shown.GetProperty("failure").GetProperty("reason").GetString());
        Assert.Equal([ImagesExchange.Keys.Failed], await AnnouncedAsync(image));
    }

    [Fact]
    public async Task A_passing_fault_is_tried_again_with_a_growing_delay_and_five_times_at_most()
    {
        var image = await NewImageAsync();
        double[] least = [1, 5, 30, 120];

        foreach (var seconds in least)
        {
            Assert.Equal(ResultEffect.Retried, await StoreAsync(Retry(image)));
            var next = await PendingAsync(image.Id);
            Assert.Equal(image.Attempt + 1, next.Attempt);

            // The first is published within about a second; the others are still in the outbox.
            if (seconds > 1)
            {
                var delay = await Host.Database.ScalarAsync<double>(
                    $"SELECT extract(epoch FROM next_at - created_at)::float8 FROM outbox WHERE message_id = '{next.Request}'", Cancel);
                Assert.InRange(delay, seconds, seconds * 1.2);
            }

            image = next;
        }

        Assert.Equal(ResultEffect.Failed, await StoreAsync(Retry(image)));
        Assert.Equal("failed", (await Host.GetImageAsync(image.Id, Cancel)).GetProperty("status").GetString());
        Assert.Equal("1,2,3,4,5", await AttemptsAsync(image.Id));
    }

    [Fact]
    public async Task An_unreadable_result_is_dead_lettered_and_the_next_ones_are_stored()
    {
        var image = await NewImageAsync();
        string[] unreadable = ["", "no JSON", "{}", "[]", JsonSerializer.Serialize(Analyzed(image) with { Outcome = "odd" }), JsonSerializer.Serialize(Analyzed(image) with { Analysis = null })];

        foreach (var body in unreadable)
        {
            await Host.Broker.PublishAsync(ImagesExchange.Keys.Result, Guid.NewGuid(), Encoding.UTF8.GetBytes(body), Cancel);
        }

        await Host.Broker.PublishAsync(ImagesExchange.Keys.Result, Guid.NewGuid(), JsonSerializer.SerializeToUtf8Bytes(Analyzed(image)), Cancel);

        await Eventually.ReadAsync(
            cancel => Host.GetImageAsync(image.Id, cancel), until: shown => shown.GetProperty("status").GetString() is "analyzed", TimeSpan.FromSeconds(30), Cancel);
        await Eventually.ReadAsync(
            cancel => Host.Database.ScalarAsync<long>("SELECT count(*) FROM dead_letters", cancel), until: dead => dead == unreadable.Length, TimeSpan.FromSeconds(30), Cancel);
    }

    private static ImageAnalysis WithMeasures(ImageAnalysis analysis) => analysis with
    {
        Parameters = new AnalysisParameters(1280, 75, 320, 80),
        Orientation = 6,
        ColorProfile = ColorProfiles.DisplayP3,
        Palette = [s_blue, new PaletteColor("#000000", 0.25)],
        Tone = new Tone(0.4, 0.1, 0, 0.25),
        Sharpness = 123.45,
        Dhash = "0123456789ABCDEF",
        Photo = s_photo with
        {
            FocalLength35Mm = 53,
            ExposureProgram = "manual",
            ExposureBiasEv = -0.33,
            MeteringMode = "spot",
            FlashFired = false,
            WhiteBalance = "auto",
            Rating = 5,
        },
    };

    /// <summary>The columns that lists are sorted and filtered by.</summary>
    private Task<string> NotedAsync(long id) => Host.Database.ScalarAsync<string>(
        $"SELECT coalesce(to_char(captured_at AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS.US'), '-') || ' ' || coalesce(camera, '-') FROM images WHERE id = {id}", Cancel);

    private async Task<PendingImage> NewImageAsync() =>
        await PendingAsync((await Host.UploadAsync(await Host.CreateUserAsync(Cancel), s_png, Cancel)).GetProperty("id").GetInt64());

    private Task<PendingImage> PendingAsync(long id) => TestResults.PendingAsync(Host, id, Cancel);

    private Task<ResultEffect> StoreAsync(AnalysisResult result) => Host.CallAsync<ResultStore, ResultEffect>(store => store.StoreAsync(result, Cancel));

    private Task<long> CountAsync(string sql) => Host.Database.ScalarAsync<long>(sql, Cancel);

    private Task<string> AttemptsAsync(long id) =>
        Host.Database.ScalarAsync<string>($"SELECT string_agg(attempt::text, ',' ORDER BY attempt) FROM analysis_attempts WHERE image_id = {id}", Cancel);

    /// <summary>The image's events in the queue, read up to a marker that was published after them.</summary>
    private async Task<List<string>> AnnouncedAsync(PendingImage image)
    {
        var marker = Guid.NewGuid();
        await Eventually.ReadAsync(
            cancel => Host.Database.ScalarAsync<long>($"SELECT count(*) FROM outbox WHERE (payload->>'imageId')::bigint = {image.Id} AND next_at <= now()", cancel),
            until: left => left is 0, TimeSpan.FromSeconds(30), Cancel);
        await Host.Broker.PublishAsync(ImagesExchange.Keys.Deleted, marker, "{}"u8.ToArray(), Cancel);

        var types = new List<string>();
        while (await Host.Broker.TakeAsync(ImagesExchange.Queues.Notifications, Cancel) is { } message && message.BasicProperties.MessageId != marker.ToString("D"))
        {
            var sent = JsonSerializer.Deserialize<ImageEvent>(message.Body.Span)!;
            if (sent.ImageId == image.Id && sent.Type is not ImagesExchange.Keys.Uploaded)
            {
                types.Add(sent.Type);
            }
        }

        return types;
    }
}
