using BillionHearts.Web.Texts;

namespace BillionHearts.Tests.Gallery;

public sealed class AmountsTests
{
    [Theory]
    [InlineData(0, "0 bytes")]
    [InlineData(1, "1 byte")]
    [InlineData(999, "999 bytes")]
    [InlineData(1_000, "1 kB")]
    [InlineData(1_234_567, "1.2 MB")]
    [InlineData(12_345_678, "12 MB")]
    [InlineData(999_499, "999 kB")]
    [InlineData(999_500, "1 MB")]
    [InlineData(long.MaxValue, "9223372 TB")]
    public void A_size_has_two_digits_that_matter_and_a_unit(long bytes, string expected) => Assert.Equal(expected, Amounts.Size(bytes));

    [Theory]
    [InlineData(0.25, "250 ms")]
    [InlineData(1.24, "1.2 s")]
    [InlineData(90, "2 minutes")]
    [InlineData(3_600, "60 minutes")]
    [InlineData(7_200, "2 hours")]
    [InlineData(200_000, "2 days")]
    public void A_duration_is_as_exact_as_a_person_needs_it(double seconds, string expected) => Assert.Equal(expected, Amounts.Duration(seconds));

    [Theory]
    [InlineData("""{"a":1}""", "{\n  \"a\": 1\n}")]
    [InlineData("no JSON", "no JSON")]
    [InlineData("""{"a":1,"a":2}""", "{\n  \"a\": 1,\n  \"a\": 2\n}")]
    public void JSON_is_shown_in_lines_and_other_text_as_it_is(string text, string expected) => Assert.Equal(expected, JsonText.Indent(text));
}
