using BillionHearts.Api.Listing;
using CsCheck;

namespace BillionHearts.Tests.Api;

public sealed class PageCursorTests
{
    [Fact]
    public void A_cursor_reads_back_as_the_place_it_was_made_from() =>
        Gen.Select(Gen.Bool, Gen.Long[0, 4_102_444_800_000_000], Gen.Long[0, long.MaxValue]).Sample((isOldestFirst, microseconds, id) =>
        {
            var cursor = new PageCursor(isOldestFirst, DateTimeOffset.UnixEpoch.AddMicroseconds(microseconds), id);
            return PageCursor.TryParse(cursor.ToString(), out var read) && read == cursor;
        });

    [Theory]
    [InlineData("")]
    [InlineData("zz")]
    [InlineData("AAAGYQK-FgPSAAAAAAAAAA")]
    [InlineData("AAAGYQK-FgPSAAAAAAAAAAoo")]
    [InlineData("AAAGYQK+FgPSAAAAAAAAAAo")]
    [InlineData("_____________________w8")]
    [InlineData("AP_________9_________w8")]
    [InlineData("'; DROP TABLE images --")]
    public void Text_that_was_never_given_out_is_no_cursor(string text) => Assert.False(PageCursor.TryParse(text, out _));

    [Fact]
    public void Any_text_is_read_without_a_fault() =>
        Gen.String[Gen.Char["ABCdef019-_=+/ é"], 21, 25].Sample(text => !PageCursor.TryParse(text, out var cursor) || cursor.Id >= 0);
}
