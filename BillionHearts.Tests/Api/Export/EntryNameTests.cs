using System.Globalization;
using System.Text;
using BillionHearts.Api.Delivery.Export;
using BillionHearts.Formats;
using CsCheck;

namespace BillionHearts.Tests.Api.Export;

public sealed class EntryNameTests
{
    [Theory]
    [InlineData("photo.jpg", "7-photo.jpg")]
    [InlineData("photo.JPEG", "7-photo.jpg")]
    [InlineData("photo.png", "7-photo.jpg")]
    [InlineData("photo", "7-photo.jpg")]
    [InlineData("photo.exe", "7-photo.exe.jpg")]
    [InlineData("söme phöto 🌻.jpg", "7-söme phöto 🌻.jpg")]
    [InlineData("../../etc/passwd", "7-_.._etc_passwd.jpg")]
    [InlineData(@"C:\Windows\x.jpg", "7-C__Windows_x.jpg")]
    [InlineData("...hidden. .jpg", "7-hidden.jpg")]
    [InlineData("CON.jpg", "7-CON.jpg")]
    [InlineData("a\u202Egpj.exe", "7-agpj.exe.jpg")]
    [InlineData("a\0\r\n\tb.jpg", "7-ab.jpg")]
    [InlineData(" .jpg", "7-image.jpg")]
    [InlineData("..", "7-image.jpg")]
    [InlineData(".jpg", "7-image.jpg")]
    [InlineData("a<b>c:d\"e|f?g*h.jpg", "7-a_b_c_d_e_f_g_h.jpg")]
    public void An_entry_name_is_a_valid_file_name_on_every_system(string original, string expected) => Assert.Equal(expected, EntryName.Create(7, original, FileType.Jpeg));

    [Fact]
    public void An_entry_name_is_short_visible_and_in_no_folder_for_any_image_name() =>
        Gen.Select(Gen.Long[1, long.MaxValue], Gen.OneOf(Gen.String[0, 255], Gen.String[Gen.Char["./\\ :é漢\uD83C\uDF3B\u202Ex"], 0, 255])).Sample((id, original) =>
        {
            var name = EntryName.Create(id, original, FileType.Webp);

            return Encoding.UTF8.GetByteCount(name) <= EntryName.MaxBytes
                && name.StartsWith($"{id.ToString(CultureInfo.InvariantCulture)}-", StringComparison.Ordinal)
                && name.EndsWith(".webp", StringComparison.Ordinal)
                && name.IndexOfAny(['/', '\\', ':', '\0', '\n', '\u202E']) < 0
                && name[^6] is not ('.' or ' ')
                && Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(name)) == name;
        });
}
