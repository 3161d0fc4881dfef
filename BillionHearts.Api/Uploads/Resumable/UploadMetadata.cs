using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Text;
using BillionHearts.Api.Platform.Errors;

namespace BillionHearts.Api.Uploads.Resumable;

/// <summary>
/// Reads <c>Upload-Metadata</c>: pairs of a key and a base64 value, such as <c>filename aS5qcGc=,user_id Nw==,is_public</c>. It is returned
/// to clients unchanged, so everything that the protocol does not allow is refused here.
/// </summary>
internal static class UploadMetadata
{
    private static readonly UTF8Encoding s_utf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <param name="fault">What is wrong, as the end of a sentence.</param>
    public static bool TryRead(string text, IDictionary<string, string> values, [NotNullWhen(false)] out string? fault)
    {
        if (text.Length > ResumableUploadMapping.MaxMetadataLength)
        {
            fault = $"has {text.Length} characters; at most {ResumableUploadMapping.MaxMetadataLength} are accepted";
            return false;
        }

        foreach (var pair in text.Split(','))
        {
            if (pair.Trim(' ').Split(' ', 2) is not [var key, .. var rest] || key.Length is 0 || key.Any(character => character is <= ' ' or > '~'))
            {
                fault = "must be pairs of an ASCII key and a base64 value, separated by commas";
                return false;
            }

            if (!TryDecode(rest is [var encoded] ? encoded : "", out var value))
            {
                fault = $"has a value for '{Problems.Shorten(key)}' that is not base64 of UTF-8 text";
                return false;
            }

            if (!values.TryAdd(key, value))
            {
                fault = $"has '{Problems.Shorten(key)}' more than once";
                return false;
            }
        }

        fault = null;
        return true;
    }

    private static bool TryDecode(string encoded, [NotNullWhen(true)] out string? value)
    {
        var bytes = ArrayPool<byte>.Shared.Rent(encoded.Length);

        try
        {
            value = Convert.TryFromBase64String(encoded, bytes, out var length) ? s_utf8.GetString(bytes, 0, length) : null;
            return value is not null;
        }
        catch (DecoderFallbackException)
        {
            value = null;
            return false;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(bytes);
        }
    }
}
