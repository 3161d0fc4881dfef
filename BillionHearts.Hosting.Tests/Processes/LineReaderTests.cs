using System.Text;
using BillionHearts.Hosting.Processes;

namespace BillionHearts.Hosting.Tests.Processes;

public sealed class LineReaderTests
{
    [Theory]
    [InlineData("", new string[0])]
    [InlineData("a\nb\n", new[] { "a", "b" })]
    [InlineData("a\r\n\nb", new[] { "a", "", "b" })]
    [InlineData("a\rb\n", new[] { "a\rb" })]
    public async Task Lines_end_as_on_any_system(string text, string[] lines) => Assert.Equal(lines, await ReadAsync(text));

    [Fact]
    public async Task A_line_without_end_is_cut_and_its_rest_counted()
    {
        var lines = await ReadAsync(new string('x', LineReader.MaxLength + 100_000) + "\nnext\n");

        Assert.Equal([new string('x', LineReader.MaxLength) + "… (100000 more characters)", "next"], lines);
    }

    [Fact]
    public async Task Bytes_that_are_not_text_end_nothing()
    {
        using var reader = new StreamReader(new MemoryStream([0xFF, 0xFE, (byte)'a', (byte)'\n', (byte)'b']), new UTF8Encoding(false), detectEncodingFromByteOrderMarks: false);
        List<string> lines = [];

        await LineReader.ReadAsync(reader, lines.Add);

        Assert.Equal(["\uFFFD\uFFFDa", "b"], lines);
    }

    private static async Task<List<string>> ReadAsync(string text)
    {
        List<string> lines = [];
        await LineReader.ReadAsync(new StringReader(text), lines.Add);
        return lines;
    }
}
