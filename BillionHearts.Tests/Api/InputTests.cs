using System.Text;
using BillionHearts.Api.Images;
using BillionHearts.Api.Images.Metadata;
using BillionHearts.Api.Platform.Input;
using BillionHearts.ServiceDefaults.Errors;
using Microsoft.AspNetCore.Http;

namespace BillionHearts.Tests.Api;

public sealed class InputTests
{
    private const string Whole = """{"user_id":1,"original_filename":"a.jpg","width":1,"height":1,"file_size":1,"file_type":"jpeg"}""";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Every_field_that_is_missing_is_named_at_once()
    {
        var (_, refusal) = await ReadAsync("{}");
        Assert.Equal(422, refusal?.Status);
        Assert.Equal(["file_size", "file_type", "height", "original_filename", "user_id", "width"], refusal!.Errors!.Keys.Order());
    }

    [Theory]
    [InlineData("\"user_id\":1", "\"user_id\":\"1\"", "user_id", "integer")]
    [InlineData("\"user_id\":1", "\"user_id\":0", "user_id", "between 1 and 9223372036854775807")]
    [InlineData("\"user_id\":1", "\"user_id\":9223372036854775808", "user_id", "9223372036854775807")]
    [InlineData("\"width\":1", "\"width\":1.5", "width", "whole number")]
    [InlineData("\"width\":1", "\"width\":65001", "width", "65000")]
    [InlineData("\"width\":1", "\"width\":true", "width", "not true")]
    [InlineData("\"height\":1", "\"height\":null", "height", "null")]
    [InlineData("\"height\":1", "\"height\":[1]", "height", "array")]
    [InlineData("\"file_size\":1", "\"file_size\":1e400", "file_size", "1e400")]
    [InlineData("\"file_size\":1", "\"file_size\":104857601", "file_size", "104857600")]
    [InlineData("\"a.jpg\"", "7", "original_filename", "string")]
    [InlineData("\"a.jpg\"", "\" \"", "original_filename", "empty")]
    [InlineData("\"a.jpg\"", "\"a\\u0000b\"", "original_filename", "control")]
    [InlineData("\"a.jpg\"", "\"gpj.\\u202Eexe\"", "original_filename", "control")]
    [InlineData("\"a.jpg\"", "\"\\ud800\"", "original_filename", "Unicode")]
    [InlineData("\"jpeg\"", "\"pdf\"", "file_type", "jpeg, png, webp, gif, avif, heic")]
    [InlineData("{", "{\"status\":\"analyzed\",", "status", "not a field")]
    [InlineData("{", "{\"user_id\":1,", "user_id", "more than once")]
    public async Task A_wrong_field_is_named_with_what_it_must_be(string right, string wrong, string field, string sentence)
    {
        var (_, refusal) = await ReadAsync(Whole.Replace(right, wrong, StringComparison.Ordinal));
        Assert.Equal((422, "invalid-fields"), (refusal?.Status, refusal?.Slug));
        Assert.Contains(sentence, Assert.Single(refusal!.Errors![field]));
        Assert.Equal([field], refusal.Errors.Keys);
    }

    [Theory]
    [InlineData("jpeg")]
    [InlineData("JPG")]
    [InlineData(".jpg")]
    [InlineData("image/jpeg")]
    public async Task A_type_may_be_spelled_as_clients_of_the_original_service_do(string spelling)
    {
        var (metadata, _) = await ReadAsync(Whole.Replace("\"jpeg\"", $"\"{spelling}\"", StringComparison.Ordinal));
        Assert.Equal("jpeg", metadata?.FileType);
    }

    [Theory]
    [InlineData("")]
    [InlineData("{")]
    [InlineData("[]")]
    [InlineData("null")]
    [InlineData("{} {}")]
    [InlineData("{\"user_id\":NaN}")]
    [InlineData("{\"user_id\":1,}")]
    [InlineData("{\"a\":[[[[[[[[[[1]]]]]]]]]]}")]
    public async Task A_body_that_is_not_a_flat_JSON_object_is_malformed(string body)
    {
        var (_, refusal) = await ReadAsync(body);
        Assert.Equal((422, "malformed-json"), (refusal?.Status, refusal?.Slug));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("text/plain")]
    [InlineData("application/x-www-form-urlencoded")]
    [InlineData("application/json; charset=utf-16")]
    [InlineData(";;;")]
    public async Task Another_content_type_is_415_and_the_right_one_named(string? contentType)
    {
        var (_, refusal) = await ReadAsync(Whole, contentType);
        Assert.Equal(415, refusal?.Status);
        Assert.Contains("application/json", refusal!.Detail);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_body_beyond_the_limit_is_413_whether_it_says_its_length_or_not(bool saysLength)
    {
        var (_, refusal) = await ReadAsync(Whole + new string(' ', 70_000), saysLength: saysLength);
        Assert.Equal(413, refusal?.Status);
        Assert.Contains("65536", refusal!.Detail);
    }

    [Fact]
    public async Task A_body_full_of_mistakes_gets_an_answer_of_bounded_size()
    {
        var body = "{" + string.Join(',', Enumerable.Range(0, 3000).Select(n => $"\"{n}{new string('x', 10)}\":{n}")) + "}";
        var (_, refusal) = await ReadAsync(body);
        Assert.InRange(refusal!.Errors!.Count, 1, 40);
    }

    [Fact]
    public void An_original_file_name_is_cleaned_and_never_refused()
    {
        Assert.Equal("../../etc/x.jpg", TextRules.CleanFileName("../../etc/\0\r\n\u202Ex.jpg", 255));
        Assert.Equal(255, TextRules.CleanFileName(new string('n', 300), 255).Length);
        Assert.Equal("ab", TextRules.CleanFileName("ab\U0001F600", 3));
        Assert.Equal("", TextRules.CleanFileName("\u0001\u0002", 255));
    }

    [Theory]
    [InlineData("abc")]
    [InlineData("-1")]
    [InlineData("+1")]
    [InlineData(" 1")]
    [InlineData("1.0")]
    [InlineData("9223372036854775808")]
    [InlineData("00000000000000000001")]
    [InlineData("")]
    public void An_invalid_id_is_treated_like_an_unknown_one(string text)
    {
        Assert.True(RouteId.TryParse(text, null, out var id));
        Assert.Equal(-1, id.Value);
    }

    private static async Task<(ImageMetadata? Value, Problem? Refusal)> ReadAsync(
        string body, string? contentType = "application/json", bool saysLength = true)
    {
        var bytes = Encoding.UTF8.GetBytes(body);
        var request = new DefaultHttpContext().Request;
        request.Body = new MemoryStream(bytes);
        request.ContentType = contentType;
        request.ContentLength = saysLength ? bytes.Length : null;
        var outcome = await JsonBody.ReadAsync(request, fields => ImageMetadata.Read(fields, new UploadOptions()), Cancel);

        return outcome.TryGet(out var metadata, out var refusal) ? (metadata, null) : (null, refusal);
    }
}
