using BillionHearts.Api.Accounts.Access;
using BillionHearts.Api.Images.Listing;
using BillionHearts.Tests.Access;
using CsCheck;
using Microsoft.Extensions.Options;

namespace BillionHearts.Tests.Api;

public sealed class PageCursorTests
{
    private static readonly PageCursors s_cursors = With(TokenKey.Development);

    private static readonly Gen<PageCursor> s_place =
        Gen.Select(Gen.Long[-2_208_988_800_000_000, 4_102_444_800_000_000], Gen.Long, (microseconds, id) => new PageCursor(DateTimeOffset.UnixEpoch.AddMicroseconds(microseconds), id));

    [Fact]
    public void A_cursor_reads_back_as_the_place_it_was_made_from() =>
        Gen.Select(s_place, Gen.String).Sample((place, list) => s_cursors.TryRead(s_cursors.Write(place, list), list, out var read) && read == place);

    [Fact]
    public void A_cursor_of_another_list_is_invalid() =>
        Gen.Select(s_place, Gen.String.AlphaNumeric, Gen.String.AlphaNumeric)
            .Where((_, list, other) => list != other)
            .Sample((place, list, other) => !s_cursors.TryRead(s_cursors.Write(place, list), other, out _));

    [Fact]
    public void A_cursor_that_was_altered_in_any_character_is_invalid() =>
        Gen.Select(s_place, Gen.Int[0, 42], Gen.Char["ABCdef019-_=+/ é"]).Sample((place, at, character) =>
        {
            var text = s_cursors.Write(place, "list");
            return text[at] == character || !s_cursors.TryRead($"{text[..at]}{character}{text[(at + 1)..]}", "list", out _);
        });

    [Fact]
    public void One_of_the_texts_that_decode_to_the_same_bytes_is_a_cursor()
    {
        const string Alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
        var text = s_cursors.Write(new PageCursor(DateTimeOffset.UnixEpoch, 1), "list");

        Assert.Single(Alphabet, last => s_cursors.TryRead($"{text[..^1]}{last}", "list", out _));
    }

    [Fact]
    public void Only_replicas_with_the_same_signing_key_read_each_others_cursors()
    {
        var key = TestTokens.NewKey();
        var pem = $"-----BEGIN PRIVATE KEY-----\n{key}\n-----END PRIVATE KEY-----\n";
        var text = With(key).Write(new PageCursor(DateTimeOffset.UnixEpoch, 1), "list");

        Assert.True(With(pem).TryRead(text, "list", out _));
        Assert.False(With(TestTokens.NewKey()).TryRead(text, "list", out _));
        Assert.False(s_cursors.TryRead(text, "list", out _));
    }

    [Theory]
    [InlineData("")]
    [InlineData("zz")]
    [InlineData("AAAGYQK-FgPSAAAAAAAAAAo")]
    [InlineData("'; DROP TABLE images --")]
    [InlineData("___________________________________________")]
    [InlineData("gAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")]
    public void Any_other_text_is_not_a_cursor(string text) => Assert.False(s_cursors.TryRead(text, "list", out _));

    [Fact]
    public void Reading_any_text_as_a_cursor_throws_nothing()
    {
        Gen.String[Gen.Char["ABCdef019-_=+/ é"], 40, 46].Sample(text => !s_cursors.TryRead(text, "list", out _));
        Gen.String.Sample(text => !s_cursors.TryRead(text, "list", out _));
    }

    private static PageCursors With(string key) => new(new TokenKeys(Options.Create(new AccessOptions { SigningKey = key })));
}
